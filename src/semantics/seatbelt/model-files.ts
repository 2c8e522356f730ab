/** The host's files as a profile leaves them: each answer by the rule that decides it. */
import { ASSETS } from '../../knowledge/assets/index.ts';
import { assetPath } from '../../model/exposure.ts';
import type { FileAnswer, FileMode, HostFiles, HostGrant } from '../../model/files.ts';
import { displayPath, type HostPath } from '../../model/host-path.ts';
import { isResolved } from '../../model/symbolic.ts';
import type { Verdict } from '../../model/value.ts';
import { type Decision, decide } from './decide.ts';
import { leavesOf } from './filters.ts';
import type { SeatbeltObject } from './match.ts';
import { type NamedRoot, namedRoots } from './model-grants.ts';
import { keysOf, mayConcern, rulesByPath } from './model-index.ts';
import { originOf, quoted } from './model-origins.ts';
import { isDirectory, isRootsToWrite, nameOnMac, toProfile, UNNAMED } from './model-paths.ts';
import { operationLevels } from './operations.ts';
import type { AssumedPlaces } from './parameters.ts';
import { isInside } from './paths.ts';
import type { SeatbeltRule } from './profile.ts';

const OPERATION: Readonly<Record<FileMode, string>> = {
  read: 'file-read-data',
  write: 'file-write-data',
  connect: 'network-outbound',
};

const VERDICT: Readonly<Record<Decision['verdict'], Verdict>> = {
  allow: 'yes',
  deny: 'no',
  unknown: 'unknown',
};
const MODES: readonly FileMode[] = ['read', 'write', 'connect'];

type PathObject = Extract<SeatbeltObject, { readonly path: string }>;

interface Outcome {
  readonly verdict: Verdict;
  readonly decision: Decision;
  readonly assumes: readonly string[];
  /** Of the path that was asked about, in the table of rules. */
  readonly keys: readonly string[];
}

type RulesByMode = Readonly<Record<FileMode, (path: string) => readonly SeatbeltRule[]>>;

/** Everything below is asked many times over by the rules, so each answer is kept. */
interface Asking {
  readonly places: AssumedPlaces;
  /** The rules that have a say in each mode, and those of them without denials that cannot be known. */
  readonly rules: RulesByMode;
  readonly certain: RulesByMode;
  readonly outcomes: Map<string, Outcome>;
  /** Answers before a change, and the rules that it concerns: all others still hold. */
  readonly before: {
    readonly outcomes: ReadonlyMap<string, Outcome>;
    readonly changed: readonly SeatbeltRule[];
  } | null;
  readonly roots: readonly NamedRoot[];
  readonly rootsByPath: ReadonlyMap<string, NamedRoot>;
}

const ASKINGS = new WeakMap<HostFiles, Asking>();

/** @param before the answers to the same profile but for the changed rules, which spares most of the work */
export function seatbeltFiles(
  rules: readonly SeatbeltRule[],
  places: AssumedPlaces,
  before: { readonly files: HostFiles; readonly changed: readonly SeatbeltRule[] } | null = null,
): HostFiles {
  const known = before === null ? undefined : ASKINGS.get(before.files);
  const earlier =
    before === null || known === undefined ? null : { outcomes: known.outcomes, changed: before.changed };
  const asking = prepare(rules, places, earlier);
  const grants = new Map(asking.roots.map((root) => [root, grantOf(asking, root)] as const));
  const answers = new Map<string, FileAnswer>();
  const can = (mode: FileMode, path: HostPath): FileAnswer => {
    const key = `${mode} ${keyOf(path)}`;
    const seen = answers.get(key);
    if (seen !== undefined) return seen;
    const answer = answerFor(asking, grants, mode, path);
    answers.set(key, answer);
    return answer;
  };
  const byDefault = decide(rules, 'default');
  const files: HostFiles = {
    grants: [...grants.values()],
    can,
    named: nameOnMac,
    defeated: [],
    openByDefault:
      byDefault.verdict === 'allow' && byDefault.rule !== null
        ? originOf(byDefault.rule, byDefault.rule.place)
        : null,
  };
  ASKINGS.set(files, asking);
  return files;
}

function prepare(rules: readonly SeatbeltRule[], places: AssumedPlaces, before: Asking['before']): Asking {
  const roots = namedRoots(rules, places);
  const inMode = (mode: FileMode, keep: (rule: SeatbeltRule) => boolean): RulesByMode[FileMode] => {
    const levels = new Set(operationLevels(OPERATION[mode]));
    return rulesByPath(
      rules.filter((rule) => keep(rule) && rule.operations.some((name) => levels.has(name))),
    );
  };
  const byMode = (keep: (rule: SeatbeltRule) => boolean): RulesByMode => ({
    read: inMode('read', keep),
    write: inMode('write', keep),
    connect: inMode('connect', keep),
  });
  return {
    places,
    rules: byMode(() => true),
    certain: byMode((rule) => !isDoubtfulDenial(rule)),
    outcomes: new Map(),
    before,
    roots,
    rootsByPath: new Map(roots.map((root) => [keyOf(root.path), root])),
  };
}

/** A denial of something that only the launcher knows: it may be of no file that matters. */
function isDoubtfulDenial({ action, filter }: SeatbeltRule): boolean {
  if (action === 'allow' || filter === null) return false;
  return leavesOf(filter).some(({ leaf }) => leaf.kind === 'path' && !isResolved(leaf.text));
}

function keyOf(path: HostPath): string {
  return path.root === 'unknown' ? `unknown:${path.raw}` : `${path.root}:${path.path}`;
}

/** What may be done to one path that a rule could see, denials that cannot be known left aside. */
function ask(asking: Asking, mode: FileMode, path: string): Outcome {
  const key = `${mode} ${path}`;
  const seen = asking.outcomes.get(key);
  if (seen !== undefined) return seen;
  const earlier = asking.before?.outcomes.get(key);
  if (earlier !== undefined && !asking.before?.changed.some((rule) => mayConcern(rule, earlier.keys))) {
    asking.outcomes.set(key, earlier);
    return earlier;
  }
  const object: PathObject =
    mode === 'connect' ? { kind: 'unix-socket', path } : { kind: 'path', path, vnode: 'REGULAR-FILE' };
  const outcome = settle(asking, mode, object, decide(asking.rules[mode](path), OPERATION[mode], object));
  asking.outcomes.set(key, outcome);
  return outcome;
}

function settle(asking: Asking, mode: FileMode, object: PathObject, decision: Decision): Outcome {
  const assumes = decision.assumptions;
  const keys = keysOf(object.path);
  if (decision.verdict !== 'unknown') {
    return { verdict: VERDICT[decision.verdict], decision, assumes, keys };
  }
  const certain = decide(asking.certain[mode](object.path), OPERATION[mode], object);
  if (certain.verdict !== 'allow') return { verdict: 'unknown', decision, assumes, keys };
  const doubt = 'no rule that cannot be read forbids it';
  return { verdict: 'yes', decision: certain, assumes: [...certain.assumptions, doubt], keys };
}

function answerFor(
  asking: Asking,
  grants: ReadonlyMap<NamedRoot, HostGrant>,
  mode: FileMode,
  path: HostPath,
): FileAnswer {
  const kept = refusedAnyway(mode, path);
  if (kept !== null) return { verdict: 'no', because: [], grant: null, reason: kept };
  const probes = probesFor(asking, path);
  const outcomes = probes.map((probe) => ({ probe, ...ask(asking, mode, probe) }));
  const weakest =
    outcomes.find(({ verdict }) => verdict === 'no') ?? outcomes.find((one) => one.verdict !== 'yes');
  const [first] = outcomes;
  const decides = weakest ?? first;
  if (decides === undefined) return { verdict: 'no', because: [], grant: null };
  const { decision, verdict, probe, assumes } = decides;
  const { rule } = decision;
  return {
    verdict,
    because: rule === null ? [] : [originOf(rule, decision.at ?? rule.place)],
    grant: verdict === 'yes' ? grantBehind(grants, decision, probe) : null,
    ...(decision.reasons.length > 0 ? { reason: decision.reasons.join('; ') } : {}),
    ...(assumes.length > 0 ? { assumes } : {}),
  };
}

const DIRECTORIES: ReadonlySet<string> = new Set(
  ASSETS.flatMap(({ paths }) =>
    paths.filter((path) => path.endsWith('/')).map((path) => keyOf(assetPath(path))),
  ),
);

/** Secrets of the system: on macOS they are for root to read, if they exist at all. */
const FOR_ROOT: ReadonlySet<string> = new Set(
  ASSETS.filter(({ read }) => read !== undefined).flatMap(({ rule, paths }) =>
    paths
      .filter((path) => rule === 'host-system-mount' || /^\/(?:etc|var)\//.test(path))
      .map((path) => keyOf(assetPath(path))),
  ),
);

/** Directories of sockets of which the table also has the names: those are asked about. */
const NAMED_INSIDE: ReadonlySet<string> = new Set(
  ASSETS.filter(({ connect }) => connect !== undefined).flatMap(({ paths }) =>
    paths
      .filter((path) => path.endsWith('/') && paths.some((other) => other !== path && other.startsWith(path)))
      .map((path) => keyOf(assetPath(path))),
  ),
);

/** The owners of files still count: a profile takes away, and gives nothing that the user did not have. */
function refusedAnyway(mode: FileMode, path: HostPath): string | null {
  if (mode === 'write' && isRootsToWrite(path)) return 'on macOS it belongs to root';
  if (mode === 'connect' && NAMED_INSIDE.has(keyOf(path))) return 'a directory is no socket';
  if (mode !== 'read') return null;
  // Everyone may read /Library/Keychains/System.keychain, and the key to it is root's (security(1)).
  const system = path.root === 'absolute' && /^\/Library\/Keychains(?:\/|$)/.test(path.path);
  return system || FOR_ROOT.has(keyOf(path)) ? 'on macOS it is for root to read' : null;
}

/**
 * The paths to ask about. Of a directory a file in it counts, since a rule on the directory's own name gives
 * a list of names at most. The disk counts as open where people's files on it are.
 */
function probesFor({ places, rootsByPath }: Asking, path: HostPath): readonly string[] {
  const root = rootsByPath.get(keyOf(path));
  const at = root?.text ?? toProfile(path, places);
  if (at === null) return [];
  const below = at === '/' ? `/${UNNAMED}` : `${at}/${UNNAMED}`;
  if (at === '/') return [below, `${places.home}/${UNNAMED}`];
  if (path.root === 'absolute' && path.path === '/Users') return [`${places.home}/${UNNAMED}`];
  if (isDirectory(path)) return [below];
  if (DIRECTORIES.has(keyOf(path))) return [below];
  return root?.tree && root.test !== 'prefix' ? [below] : [at];
}

/** The grant of the part of the rule that decides; where several parts stand at one place, the narrowest. */
function grantBehind(
  grants: ReadonlyMap<NamedRoot, HostGrant>,
  { rule, at }: Decision,
  path: string,
): HostGrant | null {
  let best: { readonly grant: HostGrant; readonly rank: number } | null = null;
  for (const [root, grant] of grants) {
    if (root.rule !== rule) continue;
    const same =
      at !== null && root.place.span.start === at.span.start && root.place.span.end === at.span.end;
    const rank = (same ? 1_000_000 : 0) + (mayCover(root, path) ? root.text.length + 1 : 0);
    if (best === null || rank > best.rank) best = { grant, rank };
  }
  return best?.grant ?? null;
}

function mayCover({ test, text }: NamedRoot, path: string): boolean {
  if (test === 'literal') return path === text;
  if (test === 'prefix' || test === 'pattern') return path.startsWith(text);
  return isInside(path, text);
}

function grantOf(asking: Asking, root: NamedRoot): HostGrant {
  const { rule, place, path, tree } = root;
  const asked = MODES.filter((mode) => root[mode]).map((mode) => {
    const outcomes = probesFor(asking, path).map((probe) => ask(asking, mode, probe));
    const weak =
      outcomes.find((one) => one.verdict === 'no') ?? outcomes.find((one) => one.verdict !== 'yes');
    return { mode, outcome: weak ?? outcomes[0] };
  });
  const verdict = (mode: FileMode): Verdict =>
    asked.find((one) => one.mode === mode)?.outcome?.verdict ?? 'no';
  const assumes = [...new Set(asked.flatMap(({ outcome }) => outcome?.assumes ?? []))];
  return {
    path,
    tree,
    read: verdict('read'),
    write: verdict('write'),
    connect: verdict('connect'),
    devices: 'no',
    text: quoted(rule, place) || displayPath(path),
    target: null,
    propagation: 'private',
    kind: 'rule',
    origin: originOf(rule, place),
    ...(assumes.length > 0 ? { assumes } : {}),
  };
}
