import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/model/symbolic.ts';
import type { ShellOptions } from '../../../src/semantics/shell/reading.ts';
import { plainText } from '../../../src/source/mapped.ts';
import { createSource } from '../../../src/source/source.ts';
import { only, read } from '../../support/shell-reading.ts';

/** What a script finds beside itself. */
function beside(files: Readonly<Record<string, string>>): ShellOptions {
  const clean = (path: string): string => path.replace(/^(?:\.\/|\uFDD1\/)/, '');
  return {
    files(path) {
      const text = files[clean(path)];
      return text === undefined ? null : plainText(createSource(clean(path), text));
    },
    list(folder) {
      const names = Object.keys(files).filter((name) => name.startsWith(clean(folder)));
      return [...new Set(names.map((name) => name.slice(clean(folder).length).split('/')[0] ?? ''))];
    },
  };
}

function words(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  return only(text, beside(files)).words.map(({ value, many, conditions, alternatives }) => {
    const values = alternatives?.map((one) => displayText(one.value)).join('|') ?? displayText(value);
    return values + (many ? '*' : '') + (conditions.length > 0 ? '?' : '');
  });
}

describe('a sourced file of the project', () => {
  it('is found by a loop over a pattern', () => {
    const files = {
      'parts.d/10.sh': 'A+=(-v /a:/a)',
      'parts.d/20.sh': 'A+=(-v /b:/b)',
      'parts.d/x.txt': 'A=()',
    };
    const expected = ['docker', 'run', '-v', '/a:/a', '-v', '/b:/b'];
    for (const loop of [
      'for f in parts.d/*.sh; do . "$f"; done',
      'for f in "$(dirname "$0")"/parts.d/*.sh; do [ -r "$f" ] || continue; source "$f"; done',
      'D=./parts.d; for f in "$D"/[12]*.sh; do if true; then source "$f"; fi; done',
    ]) {
      const text = `A=(); ${loop}; docker run "\${A[@]}"`;
      expect(words(text, files).map((word) => word.replace('?', ''))).toEqual(expected);
    }
  });

  it('in a folder for each part', () => {
    const files = { 'plugins/a/host.sh': 'A+=(a)', 'plugins/b/host.sh': 'A+=(b)' };
    const text = 'A=(); for p in plugins/*/host.sh; do . "$p"; done; docker run "${A[@]}"';
    expect(words(text, files)).toEqual(['docker', 'run', 'a', 'b']);
  });

  it('is one of those that its path may mean', () => {
    const files = { 'profiles/dev.sh': 'N=host', 'profiles/safe.sh': 'N=none' };
    const text = 'N=bridge; . "profiles/$1.sh"; docker run --network "$N"';
    expect(words(text, files)).toEqual(['docker', 'run', '--network', 'host|none|bridge']);
    const conf = 'if [ -e /x ]; then C=dev; else C=safe; fi; . "profiles/$C.sh"; docker run --network "$N"';
    expect(words(conf, files)).toEqual(['docker', 'run', '--network', 'host|none']);
  });

  it('is not looked for where no folder is known', () => {
    const files = { 'a.sh': 'A=(--privileged)' };
    expect(words('A=(--rm); . "$X"; docker run "${A[@]}"', files)).toEqual(['docker', 'run', '--rm', '$A*?']);
  });
});

describe('a sourced file that is not read', () => {
  it('is named', () => {
    const problems = (text: string): string[] => read(text).problems.map(({ message }) => message);
    expect(problems('. ./missing.sh')).toEqual(['the sourced file ./missing.sh could not be read']);
    expect(problems('source "$HOME/.boxrc"')).toEqual(['the sourced file ~/.boxrc could not be read']);
    expect(problems('. "$X/lib.sh"')).toEqual(['the sourced file $X/lib.sh could not be read']);
  });

  it('may add to lists and to options, once', () => {
    const text = 'A=(--rm); O=-it; E=; I=img; . ~/.boxrc; . ./conf; docker run "${A[@]}" $O $E "$I"';
    expect(words(text)).toEqual(['docker', 'run', '--rm', '$A*?', '-it', '$O*?', '$E*?', 'img']);
    const [condition] = only(text).words[3]?.conditions ?? [];
    expect([condition?.choice.kind, condition?.text]).toEqual(['event', '~/.boxrc adds options']);
  });

  it('leaves what is set behind it', () => {
    expect(words('. ~/.boxrc; A=(--rm); docker run "${A[@]}"')).toEqual(['docker', 'run', '--rm']);
  });

  it('opens the tests of what is empty', () => {
    expect(
      words('F=; . ./conf; if [ -n "$F" ]; then A+=(--privileged); fi; A+=(x); docker run "${A[@]}"'),
    ).toContain('--privileged?');
  });

  it.each(['~/.bashrc', '/etc/os-release', '"$NVM_DIR/nvm.sh"', 'venv/bin/activate', 'lib/colors.sh'])(
    'adds nothing where it is %s',
    (file) => {
      expect(words(`A=(--rm); . ${file}; docker run "\${A[@]}"`)).toEqual(['docker', 'run', '--rm']);
    },
  );
});
