/** A temporary folder with a program that works in it, both of which are gone when the tests are: however they end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Waits for the program to end, for a signal, or for the tests' own process to be gone; then ends the program,
 * takes back its mounts and removes the folder, on its own file system alone.
 */
const GUARD = `
trap 'asked=1' TERM INT HUP
"$@" > "$FOLDER/log" 2>&1 &
program=$!
while [ -z "$asked" ] && kill -0 "$OWNER" 2> /dev/null && kill -0 $program 2> /dev/null; do sleep 0.2; done
kill $program 2> /dev/null
for second in 1 2 3 4 5 6 7 8 9 10; do kill -0 $program 2> /dev/null || break; sleep 1; done
kill -9 $program 2> /dev/null
wait $program
code=$?
while read -r source place rest; do
  case $place in "$FOLDER"/*) umount -l "$place" ;; esac
done < /proc/self/mounts
case $FOLDER in */engine-tests-*) rm -rf --one-file-system -- "$FOLDER" ;; esac
exit $code
`;

export interface GuardedFolder {
  readonly path: string;
  /** Of the guard: set when the program has ended. */
  readonly process: ChildProcess;
  /** Ends the program; resolves when nothing of it is left. */
  remove(): Promise<void>;
}

/** @param command of the program, by the folder that it works in */
export function guardedFolder(command: (folder: string) => readonly string[]): GuardedFolder {
  const path = mkdtempSync(join(tmpdir(), 'engine-tests-'));
  mkdirSync(join(path, 'state'));
  const guard = spawn('sh', ['-c', GUARD, 'sh', ...command(join(path, 'state'))], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, FOLDER: path, OWNER: String(process.pid) },
  });
  const ended = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
  return {
    path,
    process: guard,
    remove: async () => {
      guard.kill('SIGTERM');
      await ended;
    },
  };
}
