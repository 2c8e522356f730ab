/** Reports by hand: a text, and findings at words in it. */
import { RULES } from '../../rules/index.ts';
import { AXES } from '../../src/model/outcome.ts';
import type { RuleHead } from '../../src/model/rule.ts';
import type {
  Finding,
  Report,
  ReportedAxis,
  ReportedFile,
  ReportedOutcome,
  ReportedRadius,
  ReportedSandbox,
} from '../../src/report/report.ts';
import { createSource, type Place, placeAt, type Source } from '../../src/source/source.ts';

export const TOOL = { name: 'sandbox-audit', version: '0.0.0-test' };

/** The place of the first occurrence of a word; the test fails where there is none. */
export function placeOf(source: Source, word: string): Place {
  const start = source.text.indexOf(word);
  if (start < 0) throw new Error(`no "${word}" in ${source.path}`);
  return placeAt(source, start, start + word.length);
}

export function ruleOf(id: string): RuleHead {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}

export function sandboxAt(
  place: Place,
  name: string,
  kind: 'sandbox' | 'service' = 'sandbox',
  radius: Partial<ReportedRadius> = {},
): ReportedSandbox {
  return {
    id: `${place.source.path}#${name}`,
    name,
    format: 'compose',
    role: { kind, reason: kind === 'sandbox' ? "it mounts the project's source" : 'it runs a database' },
    place,
    files: [place.source.path],
    radius: radiusWith(radius),
  };
}

/** The smallest radius there is, unless more is said. */
export function radiusWith(more: Partial<ReportedRadius> = {}): ReportedRadius {
  const score = more.score ?? 0;
  return {
    score,
    possible: score,
    grade: 'A',
    axes: axesWith({}),
    outcomes: [],
    unknowns: [],
    fixFirst: [],
    nextGrade: null,
    toA: null,
    best: null,
    ...more,
  };
}

export function axesWith(more: Partial<Record<ReportedAxis['axis'], Partial<ReportedAxis>>>): ReportedAxis[] {
  return AXES.map((axis) => ({ axis, level: 0, worth: 0, reason: `no ${axis}`, at: null, ...more[axis] }));
}

/** Held directly through one rule's match. */
export function outcomeBy(
  rule: string,
  at: Place,
  outcome: string,
  more: Partial<ReportedOutcome> = {},
): ReportedOutcome {
  return {
    outcome,
    phrase: `takes ${outcome}`,
    axis: 'host',
    worth: 10,
    certainty: 'direct',
    path: [{ step: 'rule', rule, message: `evidence of ${rule}: consequence`, at }],
    ...more,
  };
}

export function findingAt(place: Place, id: string, more: Partial<Finding> = {}): Finding {
  const rule = ruleOf(id);
  return {
    id: `${id}-0123456789abcdef`,
    rule,
    severity: rule.severity,
    confidence: 'high',
    evidence: `evidence of ${id}`,
    consequence: 'Code inside gains something.',
    remedy: 'Remove it.',
    assumes: [],
    sandboxes: [],
    subsumed: false,
    at: place,
    origin: 'explicit',
    related: [],
    fixes: [],
    gains: [],
    ...more,
  };
}

export function fileOf(path: string, more: Partial<ReportedFile> = {}): ReportedFile {
  return { path, format: 'compose', status: 'analysed', diagnostics: [], ...more };
}

export function reportOf(more: Partial<Report> = {}): Report {
  return {
    tool: TOOL,
    sandboxes: [],
    findings: [],
    files: [],
    rules: RULES,
    skipped: [],
    secrets: [],
    ...more,
  };
}

const PROJECT = `services:
  agent:
    image: node:22
    privileged: true
    volumes:
      - .:/workspace
      - /var/run/docker.sock:/var/run/docker.sock
    environment:
      NODE_ENV: production
      API_TOKEN: correct-horse-battery
  database:
    image: postgres:17
    ports: ["5432:5432"]
`;

/** A bit of everything: two sandboxes, a service, all severities, what is folded, subsumed and suppressed. */
export function fullReport(): Report {
  const source = createSource('docker/compose.yml', PROJECT);
  const at = (word: string): Place => placeOf(source, word);
  const socket = at('/var/run/docker.sock');
  const rooted: Partial<ReportedRadius> = {
    score: 10,
    possible: 10,
    grade: 'F',
    axes: axesWith({
      host: { level: 4, worth: 10, reason: 'becomes root on the host', at: socket },
      files: { level: 1, worth: 2, reason: 'changes the project', at: at('.:/workspace') },
      credentials: { level: 3, worth: 8, reason: 'takes credentials', at: at('API_TOKEN') },
      network: { level: 0, reason: 'no network', at: at('image: node:22') },
    }),
    outcomes: [
      outcomeBy('engine-socket', socket, 'host-root', {
        phrase: 'becomes root on the host',
        path: [
          {
            step: 'rule',
            rule: 'engine-socket',
            message: '`/var/run/docker.sock` is mounted: so.',
            at: socket,
          },
          { step: 'root-is-you', rule: null, message: 'root on the host can act as you', at: null },
        ],
      }),
      outcomeBy('secret-in-config', at('API_TOKEN: correct-horse-battery'), 'credential:token', {
        axis: 'credentials',
        worth: 8,
      }),
    ],
    fixFirst: [
      {
        findings: ['engine-socket-0123456789abcdef'],
        scoreAfter: 8.3,
        gradeAfter: 'E',
        leaves: 'credentials: takes credentials',
        exact: true,
      },
    ],
    nextGrade: {
      findings: ['engine-socket-0123456789abcdef', 'privileged-container-0123456789abcdef'],
      scoreAfter: 7.1,
      gradeAfter: 'D',
      leaves: 'credentials: takes credentials',
      exact: false,
    },
    best: {
      findings: ['engine-socket-0123456789abcdef', 'secret-in-config-0123456789abcdef'],
      scoreAfter: 2.4,
      gradeAfter: 'B',
      leaves: 'files: it changes the project, which is its purpose',
      exact: true,
    },
  };
  const agent = sandboxAt(at('agent'), 'agent', 'sandbox', rooted);
  const second = sandboxAt(at('image: node:22'), 'second', 'sandbox', {
    score: 6.1,
    possible: 9.8,
    grade: 'D',
    unknowns: ['$OPTS', '$MORE'],
    axes: axesWith({
      host: { level: 3, worth: 6, reason: 'sees the processes of the host', at: at('image: node:22') },
      network: { level: 0, reason: 'the way out is not known', at: at('agent') },
    }),
  });
  const database = sandboxAt(at('database'), 'database', 'service', { score: 4.7, grade: 'C' });
  const one = [agent.id];
  const root = [{ outcome: 'host-root', certainty: 'direct' }] as const;
  return reportOf({
    sandboxes: [database, second, agent],
    findings: [
      findingAt(at('agent'), 'unlimited-memory', { sandboxes: one, origin: 'default', confidence: 'medium' }),
      findingAt(at('agent'), 'root-user', { sandboxes: [agent.id, second.id] }),
      findingAt(at('agent'), 'unresolved-value', {
        sandboxes: one,
        evidence: 'not known: `$OPTS`',
        consequence: 'That may hide a mount.',
      }),
      findingAt(at('privileged: true'), 'privileged-container', {
        sandboxes: one,
        subsumed: true,
        gains: root,
      }),
      findingAt(at('/var/run/docker.sock'), 'engine-socket', {
        sandboxes: [agent.id, second.id],
        evidence: '`/var/run/docker.sock` is mounted',
        consequence:
          'Code inside can start a container with the whole disk of the host, and become root there by it.',
        gains: root,
        related: [at('image: node:22')],
        assumes: ['the engine runs as root'],
        confidence: 'medium',
        fixes: [
          {
            applicability: 'safe',
            title: 'Remove the mount',
            edits: [{ place: at('      - /var/run/docker.sock:/var/run/docker.sock\n'), text: '' }],
          },
        ],
      }),
      findingAt(at('API_TOKEN: correct-horse-battery'), 'secret-in-config', {
        sandboxes: one,
        evidence: '`API_TOKEN` has its value correct-horse-battery here',
        suppressed: { by: 'inline comment', reason: 'a test value, correct-horse-battery' },
      }),
      findingAt(at('5432:5432'), 'published-port', { sandboxes: [database.id], severity: 'low' }),
      findingAt(at('postgres:17'), 'unpinned-image', { sandboxes: [database.id], severity: 'info' }),
    ],
    files: [
      fileOf('docker/compose.yml', {
        status: 'partial',
        diagnostics: [{ message: 'a key stands twice', place: at('image: node:22'), severity: 'error' }],
      }),
      fileOf('broken.yml', {
        status: 'failed',
        format: null,
        diagnostics: [{ message: 'it is no text', place: null, severity: 'error' }],
      }),
    ],
    skipped: ['node_modules'],
    secrets: [at('correct-horse-battery'), at('production')],
  });
}
