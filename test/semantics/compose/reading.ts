/** Reads one service of compose files that stand in a test. */

import { displayPath } from '../../../src/model/host-path.ts';
import type { Value } from '../../../src/model/value.ts';
import { type ComposeProject, composeProject } from '../../../src/semantics/compose/project.ts';
import { serviceSpec } from '../../../src/semantics/compose/service.ts';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { memoryProject } from '../../support/memory-project.ts';

export function compose(
  files: Readonly<Record<string, string>>,
  ...names: readonly string[]
): ComposeProject {
  const project = memoryProject(files);
  const paths = names.length === 0 ? ['compose.yml'] : names;
  return composeProject(
    paths.map((path) => project.source(path)),
    project,
  );
}

export function specOf(project: ComposeProject, service = 'app'): ContainerSpec {
  const spec = serviceSpec(project, service);
  if (spec === null) throw new Error(`there is no service ${service}`);
  return spec;
}

/** The settings of one service `app`, indented here; `rest` stands at the top level. */
export function app(
  settings: string,
  rest = '',
  files: Readonly<Record<string, string>> = {},
): ContainerSpec {
  const body = settings
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  return specOf(compose({ ...files, 'compose.yml': `services:\n  app:\n${body}\n${rest}` }));
}

/** `host -> target mode` of every mount. */
export function mounts(spec: ContainerSpec): string[] {
  return spec.mounts.map((mount) => {
    const what = mount.host === null ? `${mount.type}:${mount.volume ?? ''}` : displayPath(mount.host);
    const mode = mount.readOnly.known ? (mount.readOnly.value ? 'ro' : 'rw') : '?';
    return `${what} -> ${mount.target ?? ''} ${mode}`;
  });
}

export function plain<T>(value: Value<T> | null): T | string | null {
  if (value === null) return null;
  return value.known ? value.value : `?${value.raw}`;
}
