/** Words behind `docker create` as the readers of scripts see them: quoted into a script, and read from there. */
import { engineCall } from '../../src/semantics/docker/run-command.ts';
import type { RunReading } from '../../src/semantics/docker/run-container.ts';
import { scriptContainers } from '../../src/semantics/docker/run-script.ts';
import type { Engine } from '../../src/semantics/docker/spec.ts';
import { scriptCommands } from '../../src/semantics/scripts/script-commands.ts';
import { memoryProject } from './memory-project.ts';

function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The line as it could stand in a script. */
export function lineOf(engine: Engine, words: readonly string[]): string {
  return [engine, 'create', ...words].map(quoted).join(' ');
}

/**
 * @param files texts of the project that the line runs in
 * @param before words of lines above it, which start containers as well
 * @returns null where the reader sees no container in the line
 */
export function readWords(
  engine: Engine,
  words: readonly string[],
  files: Readonly<Record<string, string>> = {},
  before: readonly (readonly string[])[] = [],
): RunReading | null {
  const lines = [...before, words].map((line) => lineOf(engine, line));
  const project = memoryProject({ ...files, 'run.sh': ['#!/bin/sh', ...lines, ''].join('\n') });
  const { commands, folder } = scriptCommands(project.source('run.sh'), project);
  const calls = commands.flatMap((command) => engineCall(command) ?? []);
  return scriptContainers(calls, { project, folder, calls }).runs[before.length] ?? null;
}
