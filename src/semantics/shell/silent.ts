/** Commands that print nothing when they do their work, so that what stands beside them is all the output. */
import { type Field, fieldText } from './fields.ts';

interface Silent {
  /** With one of these options it prints. */
  readonly prints?: RegExp;
  /** Only with one of these options it is silent. */
  readonly only?: RegExp;
  /** It is asked whether it works, and the answer is open: `grep -q`, `kill -0`. */
  readonly asks?: true;
}

const VERBOSE = /^-[a-zA-Z]*v|^--(?:verbose|help|version|changes)$/;
/** `chmod -c` reports changes. */
const REPORTING = /^-[a-zA-Z]*[vc]|^--(?:verbose|help|version|changes)$/;

/**
 * GNU coreutils and bash(1) say so of each: without their verbose options these write to standard error alone.
 * `mkdir` without `-p` is how scripts take a lock.
 */
const SILENT: Readonly<Record<string, Silent>> = {
  mkdir: { prints: VERBOSE },
  rmdir: { prints: VERBOSE, asks: true },
  rm: { prints: VERBOSE },
  cp: { prints: VERBOSE },
  mv: { prints: VERBOSE },
  ln: { prints: VERBOSE },
  install: { prints: VERBOSE },
  touch: {},
  truncate: {},
  mkfifo: {},
  chmod: { prints: REPORTING },
  chown: { prints: REPORTING },
  chgrp: { prints: REPORTING },
  setfacl: {},
  sleep: {},
  sync: {},
  kill: { prints: /^-[lL]/, asks: true },
  pkill: { prints: /^-[a-z]*e|^--echo$/, asks: true },
  killall: { prints: VERBOSE, asks: true },
  umask: {},
  wait: { asks: true },
  hash: { asks: true },
  shopt: { only: /^-[a-zA-Z]*[suq]/ },
  enable: {},
  setopt: {},
  unsetopt: {},
  autoload: {},
  grep: { only: /^-[a-zA-Z]*q|^--(?:quiet|silent)$/, asks: true },
  egrep: { only: /^-[a-zA-Z]*q|^--(?:quiet|silent)$/, asks: true },
  fgrep: { only: /^-[a-zA-Z]*q|^--(?:quiet|silent)$/, asks: true },
  cmp: { only: /^-[a-zA-Z]*s|^--(?:quiet|silent)$/, asks: true },
  sed: { only: /^-[a-zA-Z]*i|^--in-place/ },
};

/** `works`: it prints nothing and is taken to succeed; `asks`: it prints nothing, and may fail. */
export function silence(fields: readonly Field[]): 'works' | 'asks' | null {
  const name = fields[0] === undefined ? null : fieldText(fields[0]);
  const base = name?.replace(/^.*\//s, '') ?? '';
  const entry = Object.hasOwn(SILENT, base) ? SILENT[base] : undefined;
  if (entry === undefined || fields.length < 2) return null;
  const options = fields.slice(1).flatMap((field) => fieldText(field) ?? []);
  if (entry.prints !== undefined && options.some((option) => entry.prints?.test(option))) return null;
  if (entry.only !== undefined && !options.some((option) => entry.only?.test(option))) return null;
  const lock = base === 'mkdir' && !options.some((option) => /^-[a-zA-Z]*p|^--parents$/.test(option));
  return entry.asks === true || lock ? 'asks' : 'works';
}
