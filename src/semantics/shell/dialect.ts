/** Which shell a script is written for, where that makes a difference. */
import type { Source } from '../../source/source.ts';
import type { Run } from './state.ts';

const KNOWN = new WeakMap<Source, boolean>();
const ZSH_NAME = /\.zsh(?:rc|env|-theme)?$|(?:^|\/)\.?z(?:profile|login|logout|shrc|shenv)$/;
const EMULATION = /\bemulate\s+(?:-L\s+)?(?:ba|k)?sh\b|\b(?:ksh_?arrays)\b/i;

/**
 * zsh counts the elements of an array from 1, and `$A` is all of them (zshparam(1), "Array Subscripts";
 * zshexpn(1), "Parameter Expansion"), unless the script asks for the ways of ksh.
 */
export function isZsh(run: Run): boolean {
  const { source } = run.script.mapped;
  const before = KNOWN.get(source);
  if (before !== undefined) return before;
  const [line = ''] = source.text.slice(0, 200).split('\n', 1);
  const named = ZSH_NAME.test(source.path)
    ? !/^#!.*\b(?:ba|k|da)?sh\b/.test(line)
    : /^#!.*\bzsh\b/.test(line);
  const found = named && !EMULATION.test(source.text);
  KNOWN.set(source, found);
  return found;
}

/** The index of an array's first element. */
export function firstIndex(run: Run): number {
  return isZsh(run) ? 1 : 0;
}
