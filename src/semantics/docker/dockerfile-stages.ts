/** The stages of a Dockerfile: which are built on which, and what their variables stand for. */
import { isResolved, unknownPart } from '../../model/symbolic.ts';
import { placeAt, type Source } from '../../source/source.ts';
import type { DockerfileDocument, DockerfileInstruction, DockerfileStage } from '../../syntax/dockerfile.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';

export interface DockerfileOptions {
  /** Stage to build; null: the last. */
  readonly target: string | null;
  /** Build arguments that the definition gives; symbolic texts. */
  readonly args: ReadonlyMap<string, string>;
}

function stageNamed(document: DockerfileDocument, name: string): DockerfileStage | undefined {
  return document.stages.findLast((stage) => stage.name?.toLowerCase() === name.toLowerCase());
}

/**
 * The stage to build with those that it is built on, the first one first.
 * @param last another stage than the one that the options ask for
 */
export function stageChain(
  document: DockerfileDocument,
  options: DockerfileOptions,
  last?: DockerfileStage,
): DockerfileStage[] {
  const wanted = last ?? (options.target === null ? undefined : targetStage(document, options.target));
  const chain: DockerfileStage[] = [];
  let stage = wanted ?? document.stages.at(-1);
  while (stage !== undefined && !chain.includes(stage)) {
    chain.unshift(stage);
    const { text } = stage.from;
    const index: number = document.stages.indexOf(stage);
    // A stage can build on earlier ones alone, and names are compared without case.
    stage = document.stages
      .slice(0, index)
      .findLast((earlier) => earlier.name?.toLowerCase() === text.toLowerCase());
  }
  return chain;
}

/** By name, or by number as `--target` also takes it. */
function targetStage(document: DockerfileDocument, target: string): DockerfileStage | undefined {
  return stageNamed(document, target) ?? (/^\d+$/.test(target) ? document.stages[Number(target)] : undefined);
}

export function missingTarget(
  document: DockerfileDocument,
  options: DockerfileOptions,
  source: Source,
): SyntaxProblem[] {
  const { target } = options;
  if (target === null || !isResolved(target) || targetStage(document, target) !== undefined) return [];
  return [
    {
      message: `no stage is called "${target}"; the last was read`,
      place: placeAt(source, 0, 0),
      severity: 'note',
    },
  ];
}

/** Values of variables by name, symbolic. */
export type Scope = Map<string, string>;

/** The ARGs before the first FROM, with what the definition gives for them. */
export function globalScope(document: DockerfileDocument, { args }: DockerfileOptions): Scope {
  const scope: Scope = new Map();
  for (const { name, value } of document.globalArgs) {
    const given = args.get(name) ?? (value === null ? null : expand(value, scope));
    if (given !== null) scope.set(name, given);
  }
  return scope;
}

export interface Variables {
  readonly scope: Scope;
  /** The ARGs before the first FROM, which a stage sees when it declares them again. */
  readonly globals: Scope;
  readonly options: DockerfileOptions;
}

/** What ENV and ARG set; a default that the definition overrides is not used. */
export function setVariables(
  { keyword, properties }: DockerfileInstruction,
  { scope, globals, options }: Variables,
): void {
  if (keyword === 'ENV') {
    for (const { name, value } of properties) scope.set(name, expand(value ?? '', scope));
  } else if (keyword === 'ARG') {
    for (const { name, value } of properties) {
      const text = options.args.get(name) ?? (value === null ? globals.get(name) : expand(value, scope));
      if (text !== undefined) scope.set(name, text);
    }
  }
}

/** Longest value that expansion may give, in UTF-16 units. */
const MAX_VALUE = 10_000;
const VARIABLE = /\$(?:\{([A-Za-z_]\w*)(?:(:?[-+])([^{}]*))?\}|([A-Za-z_]\w*))/g;

/** `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`; a name without value stays unknown. */
export function expand(text: string, scope: Scope): string {
  const expanded = text.replace(
    VARIABLE,
    (_, braced: string | undefined, operator: string | undefined, word: string, bare: string) => {
      const name = braced ?? bare;
      const value = scope.get(name);
      const isSet = value !== undefined && (operator?.startsWith(':') ? value !== '' : true);
      if (operator?.endsWith('-')) return isSet ? value : word;
      if (operator?.endsWith('+')) return isSet ? word : '';
      return value ?? unknownPart(name);
    },
  );
  // Each variable may double the one before: thirty lines would fill the memory.
  return expanded.length > Math.max(MAX_VALUE, text.length)
    ? unknownPart('a value that is too long')
    : expanded;
}
