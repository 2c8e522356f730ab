/** `docker build`, `docker buildx build` and `bake` lines: what the build may do, and what image it gives. */
import { hostPath } from '../../model/host-path.ts';
import type { BuildPrivilege } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { type DockerfileImage, imageFromDockerfile } from './dockerfile.ts';
import type { BuildContext, BuiltImage } from './image-files.ts';
import type { EngineCall } from './run-command.ts';
import { type ScriptContext, wordOrigin, workingDirectory } from './run-container.ts';
import { spanning } from './run-flags.ts';
import { type RunWord, runWorlds } from './run-worlds.ts';
import type { LocatedText } from './spec.ts';

export interface BuildReading {
  readonly call: EngineCall;
  /** Without a tag of `latest`. */
  readonly tags: readonly string[];
  readonly privileges: readonly BuildPrivilege[];
  /** What the Dockerfile makes; null where none could be read. */
  readonly image: DockerfileImage | null;
  /** Its files. */
  readonly built: BuiltImage | null;
  readonly consulted: readonly string[];
}

/** Flags without a value (docker/buildx commands/build.go and bake.go, docker/cli cli/command/image/build.go). */
const BOOLEAN =
  /^--(?:check|force-rm|load|no-cache|print|pull|push|quiet|rm|squash|compress|debug|disable-content-trust|stream|layers)$|^-[qD]+$/;

interface Flags {
  readonly values: readonly (LocatedText & { readonly flag: string })[];
  readonly context: LocatedText | null;
}

/** Never throws. Of choices in the line every branch is read. */
export function readBuild(call: EngineCall, context: ScriptContext): BuildReading {
  const worlds = runWorlds(call.words, call.command.conditions).map(flagsOf);
  const [first] = worlds;
  const privileges = worlds.flatMap(({ values }) => values.flatMap((value) => privilegeOf(value) ?? []));
  const found = first === undefined ? null : dockerfileImage(call, first, context);
  return {
    call,
    tags: worlds.flatMap(({ values }) =>
      values.filter(({ flag }) => flag === 'tag').map(({ text }) => bareTag(text)),
    ),
    privileges: [...new Map(privileges.map((one) => [one.origin.place.span.start, one])).values()],
    image: found?.image ?? null,
    built: found === null ? null : { layout: found.image.layout, context: found.context },
    consulted: found === null ? [] : [found.path],
  };
}

export function bareTag(text: string): string {
  return text.replace(/:latest$/, '');
}

const SHORT: Readonly<Record<string, string>> = {
  '-t': 'tag',
  '-f': 'file',
  '-o': 'output',
  '-m': 'memory',
  '-c': 'cpu-shares',
  '-v': 'volume',
};

function flagsOf(words: readonly RunWord[]): Flags {
  const values: (LocatedText & { readonly flag: string })[] = [];
  let context: LocatedText | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    const next = words[at + 1];
    if (word === undefined) break;
    const { text, origin } = word;
    const flag = SHORT[text] ?? /^--([\w-]+)/.exec(text)?.[1];
    if (flag === undefined) {
      if (!text.startsWith('-') && !(word.many && !isResolved(text))) context ??= word;
      continue;
    }
    const equals = text.indexOf('=');
    if (equals >= 0) values.push({ flag, text: text.slice(equals + 1), origin });
    else if (!BOOLEAN.test(text) && next !== undefined) {
      values.push({ flag, text: next.text, origin: spanning(origin, next.origin) });
      at += 1;
    }
  }
  return { values, context };
}

/** Entitlements: https://docs.docker.com/reference/cli/docker/buildx/build/#allow */
function privilegeOf({ flag, text, origin }: LocatedText & { readonly flag: string }): BuildPrivilege | null {
  const shown = `--${flag} ${displayText(text)}`;
  if (flag === 'allow' && /^security\.insecure/.test(text))
    return { kind: 'entitlement', text: shown, origin };
  if (flag === 'allow' && /^device/.test(text)) return { kind: 'device', text: shown, origin };
  // `--allow fs=PATH`: what a bake file may read, and write, outside its directory (buildx_bake.md).
  if (flag === 'allow' && /^fs(?:\.read|\.write)?=/.test(text))
    return { kind: 'context', text: shown, origin };
  if (flag === 'allow' && text === 'network.host') return { kind: 'host-network', text: shown, origin };
  if (flag === 'network' && text === 'host') return { kind: 'host-network', text: shown, origin };
  if (flag === 'security-opt' && /unconfined/.test(text)) return { kind: 'entitlement', text: shown, origin };
  return flag === 'ssh' ? { kind: 'ssh', text: shown, origin } : null;
}

function dockerfileImage(
  call: EngineCall,
  { values, context }: Flags,
  script: ScriptContext,
): { readonly image: DockerfileImage; readonly context: BuildContext; readonly path: string } | null {
  if (context === null || !isResolved(context.text)) return null;
  const { inside, outside } = workingDirectory(call, script);
  if (outside !== null) return null;
  const last = (flag: string): string | null => values.findLast((value) => value.flag === flag)?.text ?? null;
  const file = last('file') ?? `${context.text}/Dockerfile`;
  const path = hostPath(file, inside);
  if (path.root !== 'workspace') return null;
  const lookup = script.project.read(path.path);
  if (lookup.status !== 'read') return null;
  const args = new Map(
    values
      .filter(({ flag, text }) => flag === 'build-arg' && text.includes('='))
      .map(({ text }) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
  const folder = hostPath(context.text, inside);
  return {
    image: imageFromDockerfile(lookup.source, { target: last('target'), args }),
    context: { directory: folder.root === 'workspace' ? folder.path : null, project: script.project },
    path: lookup.source.path,
  };
}

/** Where a build that nothing runs is anchored. */
export function buildOrigin({ call }: BuildReading) {
  return wordOrigin(call.program);
}
