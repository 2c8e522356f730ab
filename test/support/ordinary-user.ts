/** Programs run as an ordinary user, also where the tests are run by root: root keeps what bwrap takes from others. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** nobody(8) */
const NOBODY = '65534';

export const ordinaryUser: number = process.getuid?.() === 0 ? Number(NOBODY) : (process.getuid?.() ?? 0);

export function asOrdinaryUser(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'] : [];
  const [program = '', ...rest] = [...prefix, ...words];
  return spawnSync(program, rest, {
    encoding: 'utf8',
    timeout: 10_000,
    env: { PATH: '/usr/bin:/bin', ...environment },
  });
}

/** Some hosts have no bwrap, or let no ordinary user make namespaces. */
export const hasBwrap: boolean =
  asOrdinaryUser(['bwrap', '--ro-bind', '/', '/', '--unshare-all', 'true']).status === 0;
