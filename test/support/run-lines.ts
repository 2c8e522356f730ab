/** Lists of run lines in `fixtures/run-lines`, and the words of each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../fixtures/run-lines/', import.meta.url);

/** The project that the lines run in. */
export const PROJECT_FILES: Readonly<Record<string, string>> = {
  'plain.env': 'FILEVAR=<file>\nHOSTVAR\n#c\n\nSPACED=<file>\n',
  labels: 'a=b\n',
  'seccomp.json': '{"defaultAction":"SCMP_ACT_ALLOW"}',
  'src/main.c': '',
};

export interface RunLine {
  readonly text: string;
  /** Major version of the client from which on the list is right about it. */
  readonly since: number;
}

export function runLines(engine: 'docker' | 'podman', list: 'taken' | 'refused' | 'undecided'): RunLine[] {
  const text = readFileSync(fileURLToPath(new URL(`${engine}-${list}.txt`, FOLDER)), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) => {
      const [, since, rest] = /^(?:(\d+): )?(.*)$/.exec(line) ?? [];
      return { text: rest ?? line, since: Number(since ?? 0) };
    });
}

export function flagWords(line: string): string[] {
  return line.split(' ').map((word) => (word === "''" ? '' : word.replaceAll('·', ' ')));
}

/** The words behind `create`, the image among them. */
export function wordsOf(line: string, image: string): string[] {
  const words = flagWords(line);
  const named = words.map((word) => (word === 'IMG' ? image : word));
  return words.includes('IMG') ? named : [...named, image, 'true'];
}
