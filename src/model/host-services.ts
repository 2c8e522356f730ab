/** Programs of the host that a sandbox is told to use: its variables name their addresses. */
import { portRow } from '../knowledge/ports.ts';
import { isHostName } from '../knowledge/system-hosts.ts';
import type { Environment, Variable } from './environment.ts';

export interface HostService {
  readonly variable: Variable;
  /** What listens there: `PostgreSQL`. */
  readonly title: string;
}

/** `name:port`, wherever it stands in an address; names and ports are bounded, so that no text is slow. */
const NAME_AND_PORT = /([a-z][a-z.]{3,60}):(\d{1,5})(?!\d)/gi;
const LONGEST_VALUE = 10_000;

/** The first variable that names a well-known service of the host, or null. */
export function hostServiceIn({ variables }: Environment): HostService | null {
  for (const variable of variables) {
    if (!variable.value.known) continue;
    for (const [, name = '', port = ''] of variable.value.value
      .slice(0, LONGEST_VALUE)
      .matchAll(NAME_AND_PORT)) {
      const title = isHostName(name) ? portRow(port)?.title : undefined;
      if (title !== undefined) return { variable, title };
    }
  }
  return null;
}
