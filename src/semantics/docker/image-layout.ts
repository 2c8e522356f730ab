/**
 * What the instructions of a Dockerfile do to the image's file system and to what it starts, in order
 * (https://docs.docker.com/reference/dockerfile/).
 */
import type { Origin } from '../../model/value.ts';
import { type MappedText, mappedBuilder } from '../../source/mapped.ts';
import type { Source } from '../../source/source.ts';
import type { DockerfileInstruction } from '../../syntax/dockerfile.ts';
import { quotedLine } from '../scripts/script-text.ts';
import { expand, type Scope } from './dockerfile-stages.ts';

/** Where COPY and ADD take files from. */
export type CopySource =
  | { readonly kind: 'context' }
  | { readonly kind: 'stage'; readonly layout: () => ImageLayout }
  | { readonly kind: 'elsewhere'; readonly why: string };

export interface CopyOperation {
  readonly kind: 'copy';
  /** As written; symbolic. */
  readonly sources: readonly string[];
  /** Here-documents, each a file of its name. */
  readonly documents: readonly { readonly name: string; readonly text: MappedText }[];
  /** Absolute; ends with `/` where it names a directory for sure. */
  readonly target: string;
  readonly from: CopySource;
  /** `--chown`: user, without the group. */
  readonly owner: string | null;
  /** `--chmod`. */
  readonly mode: string | null;
  readonly keepsParents: boolean;
  readonly origin: Origin;
}

export interface RunOperation {
  readonly kind: 'run';
  /** What a shell reads; here-documents that it hands on to a command are in `documents`. */
  readonly texts: readonly MappedText[];
  readonly documents: readonly MappedText[];
  readonly user: string;
  readonly directory: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly origin: Origin;
}

export type FileOperation = CopyOperation | RunOperation;

/** ENTRYPOINT or CMD. */
export interface StartLine {
  /** The words as a line that a shell reads as just these words; in shell form the text itself. Null: none. */
  readonly text: MappedText | null;
  /** True where `/bin/sh -c` runs it, which drops what stands behind. */
  readonly shell: boolean;
  readonly origin: Origin;
}

/** What the engine starts when nobody says otherwise. */
export interface ImageStart {
  readonly entrypoint: StartLine | null;
  readonly command: StartLine | null;
  readonly directory: string;
}

export interface ImageLayout {
  readonly operations: readonly FileOperation[];
  readonly start: ImageStart;
}

/** A layout while its stages are walked. */
export interface LayoutDraft {
  readonly operations: FileOperation[];
  entrypoint: StartLine | null;
  command: StartLine | null;
  directory: string;
  user: string;
  /** CMD stands in the stage at hand; ENTRYPOINT resets what earlier ones say. */
  hasCommand: boolean;
}

export function layoutDraft(): LayoutDraft {
  return {
    operations: [],
    entrypoint: null,
    command: null,
    directory: '/',
    user: 'root',
    hasCommand: false,
  };
}

export function layoutOf({ operations, entrypoint, command, directory }: LayoutDraft): ImageLayout {
  return { operations, start: { entrypoint, command, directory } };
}

export interface LayoutStep {
  readonly source: Source;
  readonly scope: Scope;
  readonly origin: Origin;
  /** What `--from` names. */
  readonly stage: (name: string) => CopySource;
}

export function addToLayout(draft: LayoutDraft, instruction: DockerfileInstruction, step: LayoutStep): void {
  const words = (): string[] => instruction.args.map(({ text }) => expand(unquoted(text), step.scope));
  switch (instruction.keyword) {
    case 'WORKDIR':
      draft.directory = absolute(words().join(' '), draft.directory).replace(/(.)\/$/, '$1');
      return;
    case 'USER':
      draft.user = words().join(' ').split(':', 1)[0] ?? '';
      return;
    case 'COPY':
    case 'ADD':
      addCopy(draft, instruction, words(), step);
      return;
    case 'RUN':
      draft.operations.push(runOperation(draft, instruction, step));
      return;
    case 'ENTRYPOINT':
      draft.entrypoint = startLine(instruction, step);
      if (!draft.hasCommand) draft.command = null;
      return;
    case 'CMD':
      draft.command = startLine(instruction, step);
      draft.hasCommand = true;
      return;
    default:
  }
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** A path inside, from the working directory; a `/` at its end stays. */
export function absolute(path: string, directory: string): string {
  const whole = /^[/\uFDD0-\uFDD2]/.test(path) ? path : `${directory.replace(/\/$/, '')}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const plain = `${/^[\uFDD0-\uFDD2]/.test(whole) ? '' : '/'}${parts.join('/')}`;
  return /(?:^|\/)\.{0,2}$|\/$/.test(path) && plain !== '/' ? `${plain}/` : plain;
}

function addCopy(
  draft: LayoutDraft,
  { flags, heredocs, keyword, args, json }: DockerfileInstruction,
  words: readonly string[],
  { origin, stage, scope }: LayoutStep,
): void {
  const flag = (name: string): string | null => {
    const found = flags.find((one) => one.name === name);
    return found === undefined ? null : expand(found.value ?? 'true', scope);
  };
  const target = words.at(-1);
  if (target === undefined) return;
  const isDocument = (at: number): boolean => !json && /^<</.test(args[at]?.text ?? '');
  const sources = words.slice(0, -1).filter((_, at) => !isDocument(at));
  draft.operations.push({
    kind: 'copy',
    sources,
    documents: heredocs.map(({ name, content }) => ({ name, text: content })),
    target: absolute(target, draft.directory),
    from: copySource(keyword, sources, flag('from'), stage),
    owner: flag('chown')?.split(':', 1)[0] ?? null,
    mode: flag('chmod'),
    keepsParents: flag('parents') === 'true',
    origin,
  });
}

function copySource(
  keyword: string,
  sources: readonly string[],
  from: string | null,
  stage: LayoutStep['stage'],
): CopySource {
  if (keyword === 'ADD' && sources.some((word) => /^(?:https?|git|ssh):|^git@/.test(word))) {
    return { kind: 'elsewhere', why: 'it is fetched when the image is built' };
  }
  return from === null ? { kind: 'context' } : stage(from);
}

/** `RUN cat > file <<EOF`: the command reads the document; of `RUN <<EOF` alone it is the script. */
function runOperation(
  { user, directory }: LayoutDraft,
  { heredocs, body, args }: DockerfileInstruction,
  { source, scope, origin }: LayoutStep,
): RunOperation {
  const line = body ?? quotedLine(args.map(({ text, span }) => standFor(source, text, span)));
  const isScript = heredocs.length > 0 && /^\s*<<-?\s*(["']?)\w+\1\s*$/.test(line?.text ?? '');
  const documents = heredocs.map(({ content }) => content);
  return {
    kind: 'run',
    texts: isScript ? documents : line === null ? [] : [line],
    documents: isScript ? [] : documents,
    user,
    directory,
    environment: new Map(scope),
    origin,
  };
}

function standFor(
  source: Source,
  text: string,
  span: { readonly start: number; readonly end: number },
): MappedText {
  const builder = mappedBuilder(source);
  if (source.text.slice(span.start + 1, span.end - 1) === text) builder.copy(span.start + 1, span.end - 1);
  else builder.replace(text, span.start, span.end);
  return builder.build();
}

function startLine({ json, args, body }: DockerfileInstruction, { source, origin }: LayoutStep): StartLine {
  if (!json) return { text: body ?? null, shell: true, origin };
  const words = args.map(({ text, span }) => standFor(source, text, span));
  return { text: quotedLine(words), shell: false, origin };
}
