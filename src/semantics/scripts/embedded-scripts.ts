/** Shell that stands in other formats: npm scripts, workflow steps, compose commands, lifecycle hooks, Dockerfiles. */
import { LIFECYCLE_HOOKS } from '../../knowledge/lifecycle-hooks.ts';
import { HOME_SYMBOL, unknownPart, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { type MappedText, mappedBuilder, plainText } from '../../source/mapped.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { type DockerfileInstruction, readDockerfile } from '../../syntax/dockerfile.ts';
import { readJsonc } from '../../syntax/jsonc.ts';
import { childOf, descend, entriesOf, itemsOf, type Node, type SyntaxResult } from '../../syntax/node.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { readYaml } from '../../syntax/yaml.ts';
import { quotedLine, type ScriptText, type ScriptTexts, substituted } from './script-text.ts';

type Environment = ReadonlyMap<string, string>;

function fromTree(source: Source, tree: SyntaxResult, texts: readonly ScriptText[]): ScriptTexts {
  const comments = tree.comments.map(({ start, end }) => placeAt(source, start, end));
  return { texts, problems: tree.problems, comments };
}

function textIn(node: Node | undefined): MappedText | null {
  return node?.kind === 'scalar' && node.text !== '' ? node.mapped() : null;
}

/** A string is a line for the shell, a list the words of one command. */
function lineIn(node: Node | undefined): MappedText | null {
  if (node?.kind !== 'sequence') return textIn(node);
  return quotedLine(itemsOf(node).flatMap((item) => textIn(item) ?? []));
}

/** `scripts` of package.json, each run in the package's own directory (docs.npmjs.com/cli/run-script). */
export function packageScripts(source: Source, environment: Environment): ScriptTexts {
  const tree = readJsonc(source);
  const texts = entriesOf(childOf(tree.documents[0], 'scripts')).flatMap(({ value }) => {
    const text = textIn(value);
    return text === null ? [] : [{ text, environment }];
  });
  return fromTree(source, tree, texts);
}

const EXPRESSION = /\$\{\{([^{}]{0,500})\}\}/g;

/** An expression is put into the script's text before a shell reads it. */
function expressionText(expression: string): string {
  const name = expression.trim();
  if (name === 'github.workspace') return WORKSPACE_SYMBOL;
  if (name === 'env.HOME') return HOME_SYMBOL;
  return unknownPart(name.replace(/[^\w.-]+/g, '_'));
}

function withoutExpressions(text: MappedText): MappedText {
  return substituted(text, EXPRESSION, ([, expression = '']) => expressionText(expression));
}

/** `run:` of the steps of a workflow or a composite action, with the `env:` around them. */
export function workflowScripts(source: Source, environment: Environment): ScriptTexts {
  const tree = readYaml(source);
  const [root] = tree.documents;
  const outer = withEnvironment(environment, root);
  const texts = entriesOf(childOf(root, 'jobs')).flatMap(({ value: job }) => {
    const shell = shellOf(job) ?? shellOf(root);
    return stepScripts(childOf(job, 'steps'), withEnvironment(outer, job), shell);
  });
  const action = stepScripts(descend(root, 'runs', 'steps'), outer, null);
  return fromTree(source, tree, [...texts, ...action]);
}

function shellOf(node: Node | undefined): string | null {
  const shell = descend(node, 'defaults', 'run', 'shell');
  return shell?.kind === 'scalar' ? shell.text : null;
}

function stepScripts(steps: Node | undefined, outer: Environment, usual: string | null): ScriptText[] {
  return itemsOf(steps).flatMap((step) => {
    const own = childOf(step, 'shell');
    const shell = own?.kind === 'scalar' ? own.text : (usual ?? 'bash');
    const text = textIn(childOf(step, 'run')) ?? retried(step);
    if (text === null || !/^(?:ba|z|da|k)?sh\b/.test(shell)) return [];
    const environment = new Map(withEnvironment(outer, step));
    const directory = childOf(step, 'working-directory');
    if (directory?.kind === 'scalar') {
      const path = directory.text.replace(EXPRESSION, (_, expression: string) => expressionText(expression));
      environment.set('PWD', /^[/\uFDD0-\uFDD2]/.test(path) ? path : `${WORKSPACE_SYMBOL}/${path}`);
    }
    return [{ text: withoutExpressions(text), environment }];
  });
}

/** Actions that run the command in their inputs again until it succeeds (nick-fields/retry and its kin). */
function retried(step: Node): MappedText | null {
  const uses = childOf(step, 'uses');
  const isRetry = uses?.kind === 'scalar' && /\/(?:retry|retry-step|wretry\.action)@/.test(uses.text);
  return isRetry ? textIn(descend(step, 'with', 'command')) : null;
}

function withEnvironment(outer: Environment, node: Node | undefined): Environment {
  const entries = entriesOf(childOf(node, 'env'));
  if (entries.length === 0) return outer;
  const environment = new Map(outer);
  for (const { key, value } of entries) {
    if (value.kind !== 'scalar') continue;
    environment.set(
      key,
      value.text.replace(EXPRESSION, (_, expression: string) => expressionText(expression)),
    );
  }
  return environment;
}

/** `entrypoint` with `command` behind it, of every service. */
export function composeScripts(source: Source, environment: Environment): ScriptTexts {
  const tree = readYaml(source);
  const texts = entriesOf(childOf(tree.documents[0], 'services')).flatMap(({ value: service }) => {
    const lines = ['entrypoint', 'command'].flatMap((key) => lineIn(childOf(service, key)) ?? []);
    const [first, second] = lines;
    if (first === undefined) return [];
    const line = second === undefined ? first : joinMapped([first, spaceAt(second), second]);
    // `$$` is Compose's way to write a dollar for the shell (compose-spec 12-interpolation.md).
    return [{ text: substituted(line, /\$\$/g, () => '$'), environment }];
  });
  return fromTree(source, tree, texts);
}

function spaceAt(text: MappedText): MappedText {
  const builder = mappedBuilder(text.source);
  const at = text.segments[0]?.offset ?? text.end;
  builder.replace(' ', at, at);
  return builder.build();
}

const DEVCONTAINER_VARIABLE = /\$\{(localWorkspaceFolder|containerWorkspaceFolder|localEnv:(\w{1,100}))\}/g;

/** Lifecycle commands; of the object form each is a command of its own (containers.dev/implementors/spec). */
export function lifecycleScripts(source: Source, environment: Environment): ScriptTexts {
  const tree = readJsonc(source);
  const [root] = tree.documents;
  const texts = LIFECYCLE_HOOKS.flatMap((key) => {
    const node = childOf(root, key);
    const nodes = node?.kind === 'mapping' ? entriesOf(node).map(({ value }) => value) : [node];
    return nodes.flatMap((one) => {
      const line = lineIn(one);
      if (line === null) return [];
      const text = substituted(line, DEVCONTAINER_VARIABLE, ([, , name]) =>
        name === undefined ? WORKSPACE_SYMBOL : `\${${name}}`,
      );
      return [{ text, environment }];
    });
  });
  return fromTree(source, tree, texts);
}

/** RUN, CMD and ENTRYPOINT of every stage; CMD gives the arguments of an ENTRYPOINT in exec form. */
export function dockerfileScripts(source: Source, environment: Environment): ScriptTexts {
  const document = readDockerfile(source);
  const texts = document.stages.flatMap(({ instructions }) => {
    const variables = new Map(environment);
    const entry = instructions.findLast(({ keyword }) => keyword === 'ENTRYPOINT');
    return instructions.flatMap((instruction) => {
      if (instruction.keyword === 'ENV') noteVariables(instruction, variables);
      return instructionTexts(source, instruction, entry).map((text) => ({
        text,
        environment: new Map(variables),
      }));
    });
  });
  const comments = document.comments.map(({ start, end }) => placeAt(source, start, end));
  return { texts, problems: document.problems, comments };
}

function noteVariables({ properties }: DockerfileInstruction, variables: Map<string, string>): void {
  for (const { name, value } of properties) {
    if (value !== null && !value.includes('$')) variables.set(name, value);
  }
}

function instructionTexts(
  source: Source,
  instruction: DockerfileInstruction,
  entry: DockerfileInstruction | undefined,
): MappedText[] {
  const { keyword, json, heredocs, body } = instruction;
  if (keyword !== 'RUN' && keyword !== 'CMD' && keyword !== 'ENTRYPOINT') return [];
  if (heredocs.length > 0) {
    // `RUN <<EOF cat > /file`: the here-document is what a command reads, and not the script itself.
    const isScript = /^(?:\s*\d?<<-?["']?\w+["']?)+\s*$/.test(body?.text ?? '<<EOF');
    const line = body === undefined || isScript ? null : body.segments[0];
    if (line !== null && line !== undefined) return [plainText(source, line.offset, instruction.span.end)];
    return heredocs.flatMap(({ content }) => (isForShell(content) ? [content] : []));
  }
  if (!json) return body === undefined ? [] : [body];
  const words = wordsOf(source, instruction);
  const prefix = keyword === 'CMD' && entry?.json === true ? wordsOf(source, entry) : [];
  const line = quotedLine([...prefix, ...words]);
  return line === null ? [] : [line];
}

/** With a shebang BuildKit runs the here-document by that program. */
function isForShell({ text }: MappedText): boolean {
  const [line = ''] = text.slice(0, 200).split('\n', 1);
  return !line.startsWith('#!') || /\b(?:ba|z|da|k|a)?sh\b/.test(line);
}

function wordsOf(source: Source, { args }: DockerfileInstruction): MappedText[] {
  return args.map(({ text, span }) => {
    const inner = plainText(source, span.start + 1, span.end - 1);
    if (inner.text === text) return inner;
    const builder = mappedBuilder(source);
    builder.replace(text, span.start, span.end);
    return builder.build();
  });
}
