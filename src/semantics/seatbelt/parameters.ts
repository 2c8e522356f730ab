/**
 * Parameters that launchers usually pass with `-D`, for a profile whose launcher is not known. Names as in
 * openai/codex codex-rs/sandboxing/src/seatbelt.rs, google-gemini/gemini-cli packages/cli/src/utils/sandbox.ts,
 * NixOS/nix src/libstore/darwin/build and profiles in public repositories.
 */

import type { Condition } from './profile.ts';

export interface AssumedPlaces {
  /** Absolute path that stands for the developer's home, without a trailing slash. */
  readonly home: string;
  /** Absolute path that stands for the project. */
  readonly workspace: string;
}

/** What a launcher passes with `-D`. */
export interface GivenParameter {
  readonly text: string;
  /** Null: it is passed in any case. */
  readonly presence: Condition | null;
}

export interface AssumedParameter {
  readonly text: string;
  /** A clause for people. */
  readonly assumption: string;
}

/** confstr(_CS_DARWIN_USER_TEMP_DIR) gives a directory of two random names under here. */
const USER_FOLDERS = '/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000';

const HOME_NAMES = new Set([
  'HOME',
  'HOME_DIR',
  'HOMEDIR',
  'USER_HOME',
  'USER_HOME_DIR',
  'HOME_PATH',
  'USERHOME',
]);
const WORKSPACE_NAMES = new Set([
  'WORKSPACE',
  'WORKSPACE_DIR',
  'WORKSPACE_ROOT',
  'WORKDIR',
  'WORK_DIR',
  'WORKING_DIR',
  'WORKING_DIRECTORY',
  'CWD',
  'PWD',
  'PROJECT',
  'PROJECT_DIR',
  'PROJECT_ROOT',
  'PROJECT_PATH',
  'TARGET_DIR',
  'REPO',
  'REPO_DIR',
  'REPO_ROOT',
  'WS',
]);
const TEMPORARY_NAMES = new Set(['TMPDIR', 'TMP_DIR', 'TEMP_DIR', 'TEMPDIR', 'TMP', 'DARWIN_USER_TEMP_DIR']);
const CACHE_NAMES = new Set(['CACHE_DIR', 'DARWIN_USER_CACHE_DIR']);

/** What a parameter or placeholder of this name usually holds; null for a name that says nothing. */
export function assumedParameter(name: string, places: AssumedPlaces): AssumedParameter | null {
  const word = name.replace(/^_+|_+$/g, '').toUpperCase();
  if (HOME_NAMES.has(word)) return { text: places.home, assumption: `${name} is the home directory` };
  if (WORKSPACE_NAMES.has(word))
    return { text: places.workspace, assumption: `${name} is the project directory` };
  if (TEMPORARY_NAMES.has(word))
    return { text: `${USER_FOLDERS}/T`, assumption: `${name} is the user's temporary directory` };
  if (CACHE_NAMES.has(word))
    return { text: `${USER_FOLDERS}/C`, assumption: `${name} is the user's cache directory` };
  if (word === 'NIX_BUILD_TOP') {
    return {
      text: '/private/tmp/nix-build',
      assumption: `${name} is a build directory under the temporary one`,
    };
  }
  if (word === 'GLOBAL_TMP_DIR')
    return { text: '/private/tmp', assumption: `${name} is the system's temporary directory` };
  return assumedNumbered(name, word, places);
}

/** Slots of a list: the first writable root is the project, unused include slots hold `/dev/null`. */
function assumedNumbered(name: string, word: string, places: AssumedPlaces): AssumedParameter | null {
  const numbered = /^(WRITABLE_ROOT|READABLE_ROOT|INCLUDE_DIR)_(\d{1,3})$/.exec(word);
  if (numbered === null) return null;
  if (numbered[1] === 'INCLUDE_DIR')
    return { text: '/dev/null', assumption: `the include slot ${name} is not used` };
  if (numbered[2] === '0') return { text: places.workspace, assumption: `${name} is the project directory` };
  return { text: `${USER_FOLDERS}/T`, assumption: `${name} is a temporary directory` };
}
