/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub's code scanning takes it. */
import type {
  Artifact,
  Location,
  Log,
  LogicalLocation,
  Notification,
  PhysicalLocation,
  ReportingDescriptor,
  Result,
  Run,
  Suppression as SarifSuppression,
} from 'sarif';
import type { RuleHead, Severity } from '../model/rule.ts';
import type { Place } from '../source/source.ts';
import { regionOf, uriOf } from './location.ts';
import { safeJson } from './printable.ts';
import { REPOSITORY_URL, ruleUrl } from './project-links.ts';
import { type Redaction, redactionOf } from './redaction.ts';
import { type Finding, messageOf, type Report, type ReportedFile, type ReportedSandbox } from './report.ts';
import { codeFlowsOf, pathPlaces, runProperties, scoreProperties } from './sarif-flow.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = '%SRCROOT%';
/** Our own, so that it never meets GitHub's, which hashes lines. */
const FINGERPRINT = 'sandboxAudit/v1';
/** GitHub takes 1,000 locations a result and shows 100 (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files). */
const MOST_RELATED = 100;

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** In the middle of GitHub's ranges: critical over 9.0, high from 7.0, medium from 4.0, low above 0. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.0',
};

/** What the pieces of the log share. */
interface Context {
  readonly redaction: Redaction;
  readonly artifacts: ReadonlyMap<string, number>;
  readonly rules: ReadonlyMap<string, number>;
  readonly sandboxes: ReadonlyMap<string, ReportedSandbox>;
}

/** @param pages text of the rules' pages (Markdown) by rule id; without one the summary stands for it */
export function renderSarif(report: Report, pages: ReadonlyMap<string, string>): string {
  const paths = pathsOf(report);
  const context: Context = {
    redaction: redactionOf(report.secrets),
    artifacts: new Map(paths.map((path, index) => [path, index])),
    rules: new Map(report.rules.map((rule, index) => [rule.id, index])),
    sandboxes: new Map(report.sandboxes.map((sandbox) => [sandbox.id, sandbox])),
  };
  const log: Log = { version: '2.1.0', $schema: SCHEMA, runs: [runOf(report, paths, pages, context)] };
  return safeJson(log);
}

function runOf(
  report: Report,
  paths: readonly string[],
  pages: ReadonlyMap<string, string>,
  context: Context,
): Run {
  const audited = new Set(report.files.map(({ path }) => path));
  return {
    tool: {
      driver: {
        name: report.tool.name,
        version: report.tool.version,
        semanticVersion: report.tool.version,
        informationUri: REPOSITORY_URL,
        rules: report.rules.map((rule) => descriptorOf(rule, pages.get(rule.id))),
        notifications: NOTIFICATIONS,
      },
    },
    invocations: [
      {
        executionSuccessful: !report.files.some(({ status }) => status === 'failed' || status === 'partial'),
        toolExecutionNotifications: report.files.flatMap((file) => notificationsOf(file, context)),
      },
    ],
    originalUriBaseIds: {
      [ROOT]: { description: { text: 'The directory in which the audit was started.' } },
    },
    columnKind: 'utf16CodeUnits',
    artifacts: paths.map((path) => artifactOf(path, audited)),
    results: report.findings.map((finding) => resultOf(finding, context)),
    properties: runProperties(report, context.redaction),
  };
}

/** Every file that the report names, in a fixed order. */
function pathsOf({ files, findings, sandboxes }: Report): string[] {
  const paths = new Set<string>();
  for (const { path, diagnostics } of files) {
    paths.add(path);
    for (const { place } of diagnostics) if (place !== null) paths.add(place.source.path);
  }
  for (const sandbox of sandboxes) for (const path of sandbox.files) paths.add(path);
  for (const { source } of pathPlaces(sandboxes)) paths.add(source.path);
  for (const { at, related } of findings) for (const place of [at, ...related]) paths.add(place.source.path);
  return [...paths].sort();
}

/** All that was read; what was audited in its own right is told apart from what that refers to. */
function artifactOf(path: string, audited: ReadonlySet<string>): Artifact {
  const location = { uri: uriOf(path), uriBaseId: ROOT };
  if (audited.has(path)) return { location, roles: ['analysisTarget'] };
  return { location, description: { text: 'Read since an audited file refers to it.' } };
}

function descriptorOf(rule: RuleHead, page: string | undefined): ReportingDescriptor {
  const help = page ?? rule.summary;
  const url = ruleUrl(rule.id);
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: sentence(rule.title) },
    fullDescription: { text: rule.summary },
    help: { text: help, markdown: help },
    helpUri: url,
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: {
      'security-severity': SECURITY_SEVERITY[rule.severity],
      precision: 'high',
      tags: tagsOf(rule),
    },
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Code scanning filters by `external/cwe/cwe-…`; it takes 20 tags a rule. */
function tagsOf({ axis, hardening, references }: RuleHead): string[] {
  return [
    'security',
    'sandbox',
    ...(axis === null ? [] : [axis]),
    ...(hardening === true ? ['hardening'] : []),
    ...(references.cwe ?? []).map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`),
    ...(references.attack ?? []).map((technique) => `external/attack/${technique.toLowerCase()}`),
  ].slice(0, 20);
}

function resultOf(finding: Finding, context: Context): Result {
  const { rule, severity, confidence, at, related, sandboxes, subsumed, suppressed } = finding;
  const index = context.rules.get(rule.id);
  const touched = sandboxes.flatMap((id) => context.sandboxes.get(id) ?? []);
  const logicalLocations = touched.map((sandbox) => logicalLocationOf(sandbox, context));
  const codeFlows = codeFlowsOf(finding, touched, {
    physical: (place) => physical(place, context),
    words: (text) => withoutLinks(capital(sentence(context.redaction.text(text)))),
  });
  const message = `${context.redaction.text(messageOf(finding))} Fix: ${context.redaction.text(finding.remedy)}`;
  return {
    ruleId: rule.id,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: LEVELS[severity],
    message: { text: withoutLinks(message) },
    locations: [{ physicalLocation: physical(at, context), logicalLocations }],
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.slice(0, MOST_RELATED).map(relatedLocation(context)) }),
    ...(codeFlows.length === 0 ? {} : { codeFlows }),
    partialFingerprints: { [FINGERPRINT]: finding.id },
    ...(suppressed === undefined ? {} : { suppressions: [suppressionOf(suppressed, context.redaction)] }),
    properties: {
      severity,
      confidence,
      subsumed,
      origin: finding.origin,
      'security-severity': SECURITY_SEVERITY[severity],
      ...scoreProperties(touched),
    },
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `[text](target)` in a message is a link (SARIF 3.11.6): none is made by what a file says. */
function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

function logicalLocationOf({ id, name }: ReportedSandbox, { redaction }: Context): LogicalLocation {
  return { name: redaction.name(name), fullyQualifiedName: redaction.name(id), kind: 'resource' };
}

function physical(place: Place, { artifacts }: Context): PhysicalLocation {
  const { path } = place.source;
  const index = artifacts.get(path);
  const artifactLocation = { uri: uriOf(path), uriBaseId: ROOT, ...(index === undefined ? {} : { index }) };
  return { artifactLocation, region: { ...regionOf(place) } };
}

function relatedLocation(context: Context): (place: Place, index: number) => Location {
  return (place, index) => ({
    id: index + 1,
    physicalLocation: physical(place, context),
    message: { text: 'Also decides it.' },
  });
}

function suppressionOf(
  { by, reason }: { by: string; reason: string },
  redaction: Redaction,
): SarifSuppression {
  return {
    kind: /inline|comment/.test(by) ? 'inSource' : 'external',
    status: 'accepted',
    justification: redaction.text(reason),
    properties: { by: redaction.text(by) },
  };
}

function notification(
  id: string,
  name: string,
  level: 'error' | 'warning',
  what: string,
  why: string,
): ReportingDescriptor {
  return {
    id,
    name,
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${why}` },
    help: { text: `${what} ${why}`, markdown: `${what} ${why}` },
    defaultConfiguration: { level },
  };
}

const NOTIFICATIONS: ReportingDescriptor[] = [
  notification(
    'file-failed',
    'FileFailed',
    'error',
    'A file could not be analysed.',
    'What it defines is not known, and not taken to be safe.',
  ),
  notification(
    'file-partial',
    'FilePartial',
    'warning',
    'A file was analysed in part.',
    'Part of it was not understood, or a limit was reached: findings may be missing.',
  ),
];

function notificationsOf(file: ReportedFile, context: Context): Notification[] {
  if (file.status !== 'failed' && file.status !== 'partial') return [];
  const index = file.status === 'failed' ? 0 : 1;
  return file.diagnostics
    .filter(({ severity }) => severity !== 'note')
    .map(({ message, place }) => ({
      descriptor: { id: NOTIFICATIONS[index]?.id ?? '', index },
      level: index === 0 ? 'error' : 'warning',
      message: { text: withoutLinks(sentence(context.redaction.text(message))) },
      locations: [
        { physicalLocation: place === null ? wholeFile(file.path, context) : physical(place, context) },
      ],
    }));
}

function wholeFile(path: string, { artifacts }: Context): PhysicalLocation {
  const index = artifacts.get(path);
  return {
    artifactLocation: { uri: uriOf(path), uriBaseId: ROOT, ...(index === undefined ? {} : { index }) },
  };
}
