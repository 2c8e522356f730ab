/** The pipeline: discover, read, build sandboxes, judge, report. */
import { relative, resolve } from 'node:path';
import type { Frontend, FrontendResult } from '../frontends/frontend.ts';
import type { Rule } from '../model/rule.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Judge } from '../reach/fix-first.ts';
import type {
  FileDiagnostic,
  FileStatus,
  Report,
  ReportedFile,
  ReportedRadius,
  ReportedSandbox,
} from '../report/report.ts';
import type { Source } from '../source/source.ts';
import { type Discovery, discover, type Target, toSlash } from './discover.ts';
import { judge } from './findings.ts';
import { createLibrary, type Library } from './project.ts';
import { radiiOf } from './radius.ts';
import { secretPlaces } from './secrets.ts';

export interface AuditRequest {
  readonly paths: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly frontends: readonly Frontend[];
  readonly rules: readonly Rule[];
  /** A definition given as text, under the name that it would have. Then `paths` are not walked. */
  readonly stdin?: { readonly name: string; readonly text: string };
}

export interface Understanding {
  readonly sandboxes: readonly Sandbox[];
  readonly files: readonly ReportedFile[];
  readonly skipped: readonly string[];
}

/** @throws MissingPathError when a given path does not exist */
export function audit(request: AuditRequest): Report {
  const understanding = understand(request);
  const { findings, evidence } = judge(understanding.sandboxes, request.rules);
  const evidenceAgain: Judge = (revised) => judge([revised], request.rules).evidence.get(revised.id) ?? [];
  const judged = understanding.sandboxes.map((sandbox) => ({
    sandbox,
    evidence: evidence.get(sandbox.id) ?? [],
  }));
  const radii = radiiOf(judged, evidenceAgain);
  return {
    tool: request.tool,
    sandboxes: understanding.sandboxes.flatMap((sandbox, index) => {
      const radius = radii[index];
      return radius === undefined ? [] : reported(sandbox, radius);
    }),
    findings,
    files: understanding.files,
    rules: request.rules,
    skipped: understanding.skipped,
    secrets: secretPlaces(understanding.sandboxes),
  };
}

/** Everything up to the model: what the definitions say, before anything is judged. */
export function understand(request: AuditRequest): Understanding {
  const library = createLibrary(request.cwd);
  const discovery = request.stdin === undefined ? walk(request) : provided(request, library, request.stdin);
  const readings = discovery.targets.flatMap((target) => readTarget(target, request, library));
  const absorbed = new Set(readings.flatMap((reading) => reading.result?.absorbs ?? []));
  const sandboxes = new Map<string, Sandbox>();
  const found = [
    ...readings.flatMap((reading) => reading.result?.sandboxes ?? []),
    ...readings.flatMap((reading) => reading.result?.combined ?? []),
  ];
  for (const sandbox of found) {
    if (!absorbed.has(sandbox.id) && !sandboxes.has(sandbox.id)) sandboxes.set(sandbox.id, sandbox);
  }
  const files = toldOnce(readings);
  if (discovery.truncated) files.push(truncationNotice());
  return {
    sandboxes: [...sandboxes.values()],
    files,
    skipped: discovery.skipped,
  };
}

/**
 * Several front ends read one script, and find the same trouble with it. It is told with the sandboxes that it
 * bears on, and an entry of which nothing else is left is none.
 */
function toldOnce(readings: readonly Reading[]): ReportedFile[] {
  const holds = ({ result }: Reading): boolean => (result?.sandboxes.length ?? 0) > 0;
  const told = new Map<string, FileDiagnostic>();
  for (const { file } of [...readings.filter(holds), ...readings.filter((one) => !holds(one))]) {
    for (const diagnostic of file.diagnostics) {
      const key = keyOf(file, diagnostic);
      if (!told.has(key)) told.set(key, diagnostic);
    }
  }
  return readings.flatMap((reading): ReportedFile[] => {
    const { file } = reading;
    const diagnostics = file.diagnostics.filter((one) => told.get(keyOf(file, one)) === one);
    const isRepeat = diagnostics.length === 0 && file.diagnostics.length > 0 && !holds(reading);
    return isRepeat ? [] : [{ ...file, diagnostics }];
  });
}

function keyOf({ path }: ReportedFile, { message, place }: FileDiagnostic): string {
  const at = place === null ? '' : `${place.source.path}:${place.span.start}`;
  return [path, at, message].join('\0');
}

function walk(request: AuditRequest): Discovery {
  return discover(request.paths, request.cwd, (path) =>
    request.frontends.some((frontend) => frontend.claims(path) !== 'no'),
  );
}

function provided(request: AuditRequest, library: Library, stdin: { name: string; text: string }): Discovery {
  const path = resolve(request.cwd, stdin.name);
  library.provide(path, stdin.text);
  return { targets: [{ path, root: request.cwd, named: true }], skipped: [], truncated: false };
}

interface Reading {
  readonly file: ReportedFile;
  readonly source: Source | null;
  readonly result: FrontendResult | null;
}

function readTarget(target: Target, request: AuditRequest, library: Library): Reading[] {
  const shown = toSlash(relative(request.cwd, target.path));
  const lookup = library.load(target.path, target.root);
  if (lookup.status !== 'read') {
    const status: FileStatus = lookup.status === 'outside' ? 'skipped' : 'failed';
    return [{ file: failure(shown, lookup.why, status), source: null, result: null }];
  }
  const { source } = lookup;
  const frontends = frontendsFor(target, source, request.frontends);
  const readings = frontends.flatMap((frontend) => readWith(frontend, source, target, library));
  if (readings.length > 0 || !target.named) return readings;
  return [
    { file: failure(shown, 'no sandbox definition was recognised in it', 'failed'), source, result: null },
  ];
}

/**
 * By name; by content for a doubtful name, and for any file that the invoker names. A file can hold two
 * formats: a devcontainer whose command starts a container on the host.
 */
function frontendsFor(target: Target, source: Source, frontends: readonly Frontend[]): Frontend[] {
  const name = toSlash(relative(target.root, target.path));
  const claims = new Map(frontends.map((frontend) => [frontend, frontend.claims(name)]));
  const isClaimed = [...claims.values()].includes('yes');
  return frontends.filter((frontend) => {
    const claim = claims.get(frontend);
    if (claim === 'yes') return true;
    if (claim === 'no' && (isClaimed || !target.named)) return false;
    return safely(() => frontend.recognises(source.text), false);
  });
}

/** A front end never throws; if one does, that is our fault, and costs its file alone. */
function safely<T>(run: () => T, fallback: T): T {
  try {
    return run();
  } catch {
    return fallback;
  }
}

function readWith(frontend: Frontend, source: Source, target: Target, library: Library): Reading[] {
  let result: FrontendResult;
  try {
    result = frontend.audit(source, library.projectFor(target.path, target.root));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const file = failure(source.path, `internal error while reading it: ${what}`, 'failed');
    return [{ file: { ...file, format: frontend.id }, source, result: null }];
  }
  if (!result.ours) return [];
  const file: ReportedFile = {
    path: source.path,
    format: frontend.id,
    status: statusOf(result),
    diagnostics: result.diagnostics,
  };
  return [{ file, source, result }];
}

function statusOf(result: FrontendResult): FileStatus {
  if (result.failed) return 'failed';
  const broken = result.diagnostics.some((diagnostic) => diagnostic.severity !== 'note');
  return broken ? 'partial' : 'analysed';
}

function failure(path: string, message: string, status: FileStatus): ReportedFile {
  const severity: FileDiagnostic['severity'] = status === 'skipped' ? 'note' : 'error';
  return { path, format: null, status, diagnostics: [{ message, place: null, severity }] };
}

function truncationNotice(): ReportedFile {
  return failure('.', 'the tree is too large: the walk was cut', 'failed');
}

function reported(sandbox: Sandbox, radius: ReportedRadius): ReportedSandbox {
  return {
    id: sandbox.id,
    name: sandbox.name,
    format: sandbox.format,
    role: sandbox.role,
    place: sandbox.place,
    files: sandbox.definition.map((file) => file.path),
    radius,
  };
}
