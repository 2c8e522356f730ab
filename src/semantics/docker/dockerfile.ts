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
import { type Place, placeAt, type Source } from '../../source/source.ts';
import { type DockerfileInstruction, type DockerfileStage, readDockerfile } from '../../syntax/dockerfile.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';
import { layoutFor } from './dockerfile-layout.ts';
import {
  type DockerfileOptions,
  expand,
  globalScope,
  missingTarget,
  type Scope,
  setVariables,
  stageChain,
} from './dockerfile-stages.ts';
import type { ImageLayout } from './image-layout.ts';
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
  /** Its files, and what it starts. */
  readonly layout: ImageLayout;
  readonly problems: readonly SyntaxProblem[];
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
  const layout = layoutFor(document, chain, options);
  const sudo = sudoAnswer(walk.grants) ?? copiedSudoers(layout) ?? inherited.sudo;
  return {
    user: walk.user ?? inherited.user,
    sudo,
    sudoScripts: sudo.verdict === 'no' ? sudoScripts(walk.grants) : [],
    variables: walk.variables,
    base,
    agents: [...new Set([...inherited.agents, ...walk.agents])],
    groups: walk.groups,
    layout,
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
}

function walkStages(
  source: Source,
  chain: readonly DockerfileStage[],
  globals: Scope,
  options: DockerfileOptions,
): Walk {
  const walk: Walk = { user: null, grants: [], variables: [], agents: [], groups: [] };
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
  setVariables(instruction, step);
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
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
      for (const text of shellTexts(step.source, instruction)) readShell(step.walk, text);
      return;
    default:
  }
}

function readEnv({ source, walk, scope }: Step, { properties }: DockerfileInstruction): void {
  for (const { name, span } of properties) {
    walk.variables.push(variableOf(name, scope.get(name) ?? '', 'image', { source, span }));
  }
}

/** A default that the definition overrides is not used; what overrides it is the definition's own line. */
function readArg({ source, walk, scope, options }: Step, { properties }: DockerfileInstruction): void {
  for (const { name, value, span } of properties) {
    if (value === null || options.args.has(name)) continue;
    walk.variables.push(variableOf(name, scope.get(name) ?? '', 'build', { source, span }));
  }
}

function variableOf(name: string, text: string, phase: Variable['phase'], place: Place): Variable {
  const origin = explicit(place);
  return { name, from: 'literal', value: textValue(text, origin), hostNames: [], phase, origin };
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
function copiedSudoers({ operations }: ImageLayout): Answer | null {
  for (const operation of operations) {
    if (operation.kind !== 'copy' || operation.from.kind !== 'context') continue;
    const { sources, target, origin } = operation;
    const source = sources.find((one) => /(?:^|\/)sudoers/.test(target) || /(?:^|\/)sudoers/.test(one));
    if (source !== undefined) return answer('unknown', [origin], `${source} is copied to ${target}`);
  }
  return null;
}
