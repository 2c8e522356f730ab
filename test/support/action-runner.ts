/**
 * Runs the steps of a composite action as a runner does, as far as action.yml needs it: expressions are put in
 * as text, everywhere, before anything is started (https://docs.github.com/en/actions/reference/security/secure-use
 * warns of just that). What is not understood throws, so that a test fails rather than guesses.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

interface StepDefinition {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

export interface ActionDefinition {
  readonly inputs?: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs?: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly StepDefinition[] };
}

export interface StepResult {
  readonly name: string;
  readonly outcome: 'success' | 'failure' | 'skipped';
  /** Null for a step that was not started as a process. */
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The step's `uses` and its inputs: recorded, never run. */
  readonly used: { readonly action: string; readonly with: Readonly<Record<string, string>> } | null;
}

export interface ActionRun {
  readonly steps: readonly StepResult[];
  readonly outcome: 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
}

export interface ActionRequest {
  readonly action: ActionDefinition;
  /** Directory of the action's checkout. */
  readonly actionPath: string;
  /** Directory in which steps start. */
  readonly workspace: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Added to a step's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

type Outputs = Readonly<Record<string, string>>;

interface State {
  readonly request: ActionRequest;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Map<string, Outputs>;
  readonly temporary: string;
  failed: boolean;
}

export function readAction(file: string): ActionDefinition {
  return parse(readFileSync(file, 'utf8')) as ActionDefinition;
}

export function runAction(request: ActionRequest): ActionRun {
  const { action } = request;
  if (action.runs.using !== 'composite') throw new Error(`cannot run ${action.runs.using}`);
  const temporary = mkdtempSync(join(tmpdir(), 'action-runner-'));
  try {
    const inputs = inputsOf(request);
    const state: State = { request, inputs, outputs: new Map(), temporary, failed: false };
    const steps = action.runs.steps.map((step, index) => runStep(step, index, state));
    const outputs = Object.entries(action.outputs ?? {}).map(([name, { value }]) => [
      name,
      expanded(value, state),
    ]);
    return { steps, outcome: state.failed ? 'failure' : 'success', outputs: Object.fromEntries(outputs) };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function inputsOf({ action, inputs = {} }: ActionRequest): Record<string, string> {
  const declared = action.inputs ?? {};
  const stranger = Object.keys(inputs).find((name) => !(name in declared));
  if (stranger !== undefined) throw new Error(`the action has no input ${stranger}`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [name, inputs[name] ?? input.default ?? '']),
  );
}

function runStep(step: StepDefinition, index: number, state: State): StepResult {
  const name = step.name ?? step.id ?? `step ${index + 1}`;
  const idle = { name, code: null, out: '', error: '', outputs: {}, used: null };
  // Without a status function in it, a condition stands behind `success() &&`.
  if (state.failed || (step.if !== undefined && !holds(step.if, state)))
    return { ...idle, outcome: 'skipped' };
  if (step.uses !== undefined) {
    const used = { action: step.uses, with: expandedAll(step.with, state) };
    return { ...idle, outcome: 'success', used };
  }
  const result = { ...idle, ...runScript(step, index, state) };
  if (step.id !== undefined) state.outputs.set(step.id, result.outputs);
  if (result.code !== 0) state.failed = true;
  return { ...result, outcome: result.code === 0 ? 'success' : 'failure' };
}

function runScript(
  step: StepDefinition,
  index: number,
  state: State,
): Pick<StepResult, 'code' | 'out' | 'error' | 'outputs'> {
  if (step.shell !== 'bash' || step.run === undefined) throw new Error('only steps for bash are understood');
  const { request, temporary } = state;
  const directory = join(temporary, String(index));
  mkdirSync(directory);
  const [script, outputFile] = [join(directory, 'script.sh'), join(directory, 'output')];
  writeFileSync(script, expanded(step.run, state));
  writeFileSync(outputFile, '');
  // As `shell: bash` is started: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-e', '-o', 'pipefail', script],
    {
      cwd: request.workspace,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...request.env,
        GITHUB_ACTION_PATH: request.actionPath,
        GITHUB_WORKSPACE: request.workspace,
        GITHUB_OUTPUT: outputFile,
        ...expandedAll(step.env, state),
      },
    },
  );
  return { code: status, out: stdout, error: stderr, outputs: outputsIn(readFileSync(outputFile, 'utf8')) };
}

/** `name=value`, or `name<<END` up to a line END. */
export function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, sign, rest] = /^([\w-]+)(=|<<)(.*)$/s.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`not an output: ${line}`);
    if (sign === '=') {
      outputs[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end < 0) throw new Error(`output ${name} has no end`);
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}

function expandedAll(values: Readonly<Record<string, string>> = {}, state: State): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expanded(value, state)]));
}

function expanded(text: string, state: State): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => operand(expression.trim(), state));
}

/** Comparisons for equality, joined by `&&`. */
function holds(condition: string, state: State): boolean {
  const expression = /^\$\{\{(.*)\}\}$/s.exec(condition.trim())?.[1] ?? condition;
  return expression.split('&&').every((part) => {
    const [left, right, ...more] = part.split('==').map((side) => side.trim());
    if (left === undefined || right === undefined || more.length > 0) throw new Error(`condition ${part}`);
    return operand(left, state) === operand(right, state);
  });
}

function operand(expression: string, { request, inputs, outputs }: State): string {
  const literal = /^'([^']*)'$/.exec(expression);
  if (literal !== null) return literal[1] ?? '';
  if (expression === 'github.action_path') return request.actionPath;
  const input = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
  if (input !== undefined && input in inputs) return inputs[input] ?? '';
  const [, step, output] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
  if (step !== undefined && output !== undefined) return outputs.get(step)?.[output] ?? '';
  throw new Error(`expression ${expression}`);
}
