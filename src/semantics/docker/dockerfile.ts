/**
 * What a Dockerfile says of the image that it builds: the user it ends with, sudo, variables that stay in it,
 * coding agents. Nothing is built; scripts that are copied in and run are not followed.
 * Reference: https://docs.docker.com/reference/dockerfile/
 */
import { agentsIn } from '../../knowledge/agents.ts';
import { imageFacts } from '../../knowledge/images.ts';
import type { Variable } from '../../model/environment.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import {
  type Answer,
  answer,
  byDefault,
  explicit,
  implied,
  known,
  type Origin,
  unknown,
  type Value,
} from '../../model/value.ts';
import { type MappedText, mappedBuilder } from '../../source/mapped.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { type DockerfileInstruction, type DockerfileStage, readDockerfile } from '../../syntax/dockerfile.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';
import {
  type DockerfileOptions,
  expand,
  globalScope,
  missingTarget,
  type Scope,
  stageChain,
} from './dockerfile-stages.ts';
import type { LocatedText } from './spec.ts';
import { type SudoGrant, sudoAnswer, sudoGrants, sudoScripts } from './sudo.ts';

export type { DockerfileOptions } from './dockerfile-stages.ts';

export interface DockerfileImage {
  /** The last USER, or the base image's where it is known; null: nothing says so. */
  readonly user: Value<string> | null;
  readonly sudo: Answer;
  /** Scripts that the user may run as root without a password, as sudoers names them. */
  readonly sudoScripts: readonly string[];
  /** ENV (`image`) and ARG with a default (`build`). */
  readonly variables: readonly Variable[];
  /** The image that the chain of stages begins with; null where there is no FROM. */
  readonly base: Value<string> | null;
  /** Names of the coding agents that it installs or starts. */
  readonly agents: readonly string[];
  /** Groups that a user is added to (`usermod -aG docker vscode`). */
  readonly groups: readonly LocatedText[];
  /** Where files of the build context end up: `COPY init-firewall.sh /usr/local/bin/`. */
  readonly copies: readonly DockerfileCopy[];
  readonly problems: readonly SyntaxProblem[];
}

export interface DockerfileCopy {
  readonly source: string;
  readonly target: string;
  readonly origin: Origin;
}

/** Never throws; of a file without stages everything is null or empty. */
export function imageFromDockerfile(source: Source, options: DockerfileOptions): DockerfileImage {
  const document = readDockerfile(source);
  const chain = stageChain(document, options);
  const scope = globalScope(document, options);
  const [first] = chain;
  const origin = first === undefined ? fileOrigin(source) : explicit({ source, span: first.from.span });
  const base = first === undefined ? null : textValue(expand(first.from.text, scope), origin);
  const walk = walkStages(source, chain, scope, options);
  const inherited = imageKnowledge(base, origin);
  const sudo = sudoAnswer(walk.grants) ?? copiedSudoers(walk.copies) ?? inherited.sudo;
  return {
    user: walk.user ?? inherited.user,
    sudo,
    sudoScripts: sudo.verdict === 'no' ? sudoScripts(walk.grants) : [],
    variables: walk.variables,
    base,
    agents: [...new Set([...inherited.agents, ...walk.agents])],
    groups: walk.groups,
    copies: walk.copies,
    problems: [...document.problems, ...missingTarget(document, options, source)],
  };
}

export interface ImageKnowledge {
  readonly user: Value<string> | null;
  readonly sudo: Answer;
  readonly agents: readonly string[];
}

/**
 * User and sudo of an image by the table of known images. Another one is taken to have no sudo, and the
 * assumption is named; of an image whose name is not known nothing is taken.
 */
export function imageKnowledge(reference: Value<string> | null, origin: Origin): ImageKnowledge {
  const facts = reference?.known ? imageFacts(reference.value) : null;
  if (facts !== null) {
    const from = implied(origin.place, `the image ${facts.pattern}: ${facts.reason}`);
    const user = facts.user === 'root' ? null : known(facts.user, from);
    const sudo = facts.sudo
      ? answer('yes', [from], facts.reason)
      : answer('no', [from], 'the image has no sudo');
    return { user, sudo, agents: facts.agents };
  }
  if (reference === null || !reference.known) {
    return {
      user: null,
      sudo: answer('unknown', [origin], 'what the image brings cannot be read'),
      agents: [],
    };
  }
  const name = displayText(reference.value);
  return {
    user: null,
    sudo: { ...answer('no', [origin], 'nothing here gives sudo'), assumes: [`${name} brings no sudo`] },
    agents: [],
  };
}

function fileOrigin(source: Source): Origin {
  return byDefault(placeAt(source, 0, 0), 'an empty Dockerfile');
}

function textValue(text: string, origin: Origin): Value<string> {
  if (isResolved(text)) return known(text, origin);
  const names = unknownNames(text);
  return unknown(displayText(text), `${names.join(', ')} has no value in the files`, names, origin);
}

interface Walk {
  user: Value<string> | null;
  readonly grants: SudoGrant[];
  readonly variables: Variable[];
  readonly agents: string[];
  readonly groups: LocatedText[];
  readonly copies: DockerfileCopy[];
}

function walkStages(
  source: Source,
  chain: readonly DockerfileStage[],
  globals: Scope,
  options: DockerfileOptions,
): Walk {
  const walk: Walk = { user: null, grants: [], variables: [], agents: [], groups: [], copies: [] };
  const scope: Scope = new Map();
  for (const stage of chain) {
    for (const instruction of stage.instructions) {
      const origin = explicit({ source, span: instruction.span });
      readInstruction({ source, walk, scope, globals, options, origin }, instruction);
    }
  }
  return walk;
}

interface Step {
  readonly source: Source;
  readonly walk: Walk;
  readonly scope: Scope;
  readonly globals: Scope;
  readonly options: DockerfileOptions;
  readonly origin: Origin;
}

function readInstruction(step: Step, instruction: DockerfileInstruction): void {
  switch (instruction.keyword) {
    case 'USER':
      step.walk.user = textValue(
        expand(instruction.args.map(({ text }) => text).join(' '), step.scope),
        step.origin,
      );
      return;
    case 'ENV':
      readEnv(step, instruction);
      return;
    case 'ARG':
      readArg(step, instruction);
      return;
    case 'COPY':
    case 'ADD':
      readCopy(step, instruction);
      return;
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
      for (const text of shellTexts(step.source, instruction)) readShell(step.walk, text);
      return;
    default:
  }
}

function readEnv({ source, walk, scope }: Step, instruction: DockerfileInstruction): void {
  for (const { name, value, span } of instruction.properties) {
    const text = expand(value ?? '', scope);
    const origin = explicit({ source, span });
    scope.set(name, text);
    walk.variables.push({
      name,
      from: 'literal',
      value: textValue(text, origin),
      hostNames: [],
      phase: 'image',
      origin,
    });
  }
}

/** A default that the definition overrides is not used; what overrides it is the definition's own line. */
function readArg({ source, walk, scope, globals, options }: Step, instruction: DockerfileInstruction): void {
  for (const { name, value, span } of instruction.properties) {
    const given = options.args.get(name);
    const text = given ?? (value === null ? globals.get(name) : expand(value, scope));
    if (text !== undefined) scope.set(name, text);
    if (value === null || given !== undefined) continue;
    const origin = explicit({ source, span });
    walk.variables.push({
      name,
      from: 'literal',
      value: textValue(text ?? '', origin),
      hostNames: [],
      phase: 'build',
      origin,
    });
  }
}

function readCopy({ walk, scope, origin }: Step, instruction: DockerfileInstruction): void {
  if (instruction.flags.some(({ name }) => name === 'from')) return;
  const words = instruction.args.map(({ text }) => expand(text, scope));
  const target = words.pop();
  if (target === undefined) return;
  for (const source of words) walk.copies.push({ source, target, origin });
}

/** The texts that a shell reads: the line itself, or the documents behind it, or the words of the exec form. */
function shellTexts(source: Source, instruction: DockerfileInstruction): MappedText[] {
  if (instruction.heredocs.length > 0) return instruction.heredocs.map(({ content }) => content);
  if (instruction.body !== undefined) return [instruction.body];
  const builder = mappedBuilder(source);
  for (const { text, span } of instruction.args) builder.replace(`${text} `, span.start, span.end);
  return [builder.build()];
}

const GROUP = /\b(?:usermod|gpasswd|adduser)\s[^;&|\n]{0,100}?(?:-aG|-a -G|-G|-a)\s+([\w,-]{1,60})/g;

function readShell(walk: Walk, text: MappedText): void {
  const grants = sudoGrants(text);
  walk.grants.push(...grants);
  walk.agents.push(...agentsIn(text.text));
  for (const match of text.text.matchAll(GROUP)) {
    const place = placeAt(text.source, text.segments[0]?.offset ?? 0, text.end);
    for (const group of (match[1] ?? '').split(','))
      walk.groups.push({ text: group, origin: explicit(place) });
  }
}

/** A sudoers file that is copied in says what nobody reads here. */
function copiedSudoers(copies: readonly DockerfileCopy[]): Answer | null {
  const copy = copies.find(
    ({ target, source }) => /(?:^|\/)sudoers/.test(target) || /(?:^|\/)sudoers/.test(source),
  );
  if (copy === undefined) return null;
  return answer('unknown', [copy.origin], `${copy.source} is copied to ${copy.target}`);
}
