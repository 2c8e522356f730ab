/** Which line of a bwrap command an answer names: the one whose change changes the answer. */

import { describe, expect, it } from 'vitest';
import { RULES } from '../../../rules/index.ts';
import { findingsOf } from '../../../src/engine/findings.ts';
import type { FileMode } from '../../../src/model/files.ts';
import { hostPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL } from '../../../src/model/symbolic.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { sandboxIn } from '../../support/bwrap.ts';
import { withProcessorTime } from '../../support/processor-time.ts';

function answer(script: string, mode: FileMode, path: string): string {
  const found = sandboxIn(script).files.can(mode, hostPath(path.replace(/^~/, HOME_SYMBOL), ''));
  const at = found.because[0];
  const assumes = (found.assumes ?? []).map((one) => ` if ${one}`).join('');
  return `${found.verdict}${at === undefined ? '' : `: ${sliceOf(at.place)}`}${assumes}`;
}

const BRANCH = 'E=(); [ -n "$X" ] && E=';

describe('what is open in any case', () => {
  it('is told at the line that is always there, with no condition', () => {
    const again = `${BRANCH}(--bind /opt/a /opt/a)\nbwrap --ro-bind /usr /usr --bind /opt /opt "\${E[@]}" sh`;
    expect(answer(again, 'write', '/opt/a/x')).toBe('yes: --bind /opt /opt');
    const wider = `${BRANCH}(--ro-bind / /)\nbwrap --ro-bind ~/.ssh ~/.ssh "\${E[@]}" sh`;
    expect(answer(wider, 'read', '~/.ssh/id_rsa')).toBe('yes: --ro-bind ~/.ssh ~/.ssh');
    const either =
      'if [ -n "$X" ]; then E=(--ro-bind / /); else E=(--bind / /); fi\nbwrap --ro-bind ~ ~ "${E[@]}" sh';
    expect(answer(either, 'read', '~/.ssh/id_rsa')).toMatch(/^yes: --ro-bind ~ ~$/);
  });

  it('is told with a condition where a branch closes it', () => {
    const closed = `${BRANCH}(--tmpfs /opt/a)\nbwrap --ro-bind /usr /usr --bind /opt /opt "\${E[@]}" sh`;
    expect(answer(closed, 'write', '/opt/a/x')).toBe('yes: --bind /opt /opt if `[ -n "$X" ]` does not hold');
    const readOnly = `${BRANCH}(--ro-bind /opt/a /opt/a)\nbwrap --bind /opt /opt "\${E[@]}" sh`;
    expect(answer(readOnly, 'write', '/opt/a/x')).toBe(
      'yes: --bind /opt /opt if `[ -n "$X" ]` does not hold',
    );
    expect(answer(readOnly, 'read', '/opt/a/x')).toBe('yes: --bind /opt /opt');
  });

  it('is told with a condition where another branch closes what a branch shows', () => {
    const script = `${BRANCH}(--bind /opt/a /opt/a); F=(); [ -n "$Y" ] && F=(--tmpfs /opt/a)
bwrap --ro-bind /usr /usr --bind /opt /opt "\${E[@]}" "\${F[@]}" sh`;
    expect(answer(script, 'write', '/opt/a/x')).toContain('if `[ -n "$Y" ]` does not hold');
  });

  it('costs no more than its line', () => {
    const many = Array.from({ length: 60 }, (_, n) => `[ -n "$V${n}" ] && E+=(--bind /opt /opt)`).join('\n');
    const script = `E=()\n${many}\nbwrap --bind /opt /opt "\${E[@]}" sh`;
    const [verdict, milliseconds] = withProcessorTime(() => answer(script, 'write', '/opt/x'));
    expect(verdict).toBe('yes: --bind /opt /opt');
    // One world for each way through the branches would be 2^60.
    expect(milliseconds).toBeLessThan(20_000);
  });
});

describe('a mount of what a wider one shows', () => {
  it('is not what opens it', () => {
    const script = 'bwrap --ro-bind ~ ~ --ro-bind-try ~/.ssh ~/.ssh sh';
    expect(answer(script, 'read', '~/.ssh/id_rsa')).toBe('yes: --ro-bind ~ ~');
    const rules = findingsOf([sandboxIn(script)], RULES).map(({ rule, at }) => `${rule.id}: ${sliceOf(at)}`);
    expect(rules).toContain('readable-home: --ro-bind ~ ~');
    expect(rules.filter((one) => one.startsWith('credential-mount'))).toEqual([]);
  });

  it('opens it where the wider one is covered in between, or shows it read-only', () => {
    const covered = 'bwrap --ro-bind ~ ~ --tmpfs ~/.config --ro-bind ~/.config/gh ~/.config/gh sh';
    expect(answer(covered, 'read', '~/.config/gh/hosts.yml')).toBe(
      'yes: --ro-bind ~/.config/gh ~/.config/gh',
    );
    expect(answer('bwrap --ro-bind ~ ~ --bind ~/w ~/w sh', 'write', '~/w/x')).toBe('yes: --bind ~/w ~/w');
  });

  it('is told by itself for a socket, which it says to be there', () => {
    const script = 'bwrap --ro-bind / / --bind /run/docker.sock /run/docker.sock sh';
    expect(answer(script, 'connect', '/run/docker.sock')).toBe(
      'yes: --bind /run/docker.sock /run/docker.sock',
    );
  });
});

describe('what nobody wrote', () => {
  it.each([
    ['BWRAP=bwrap\nexec "$BWRAP" --ro-bind /usr /usr sh', '"$BWRAP"'],
    [': "${BWRAP:=bwrap}"\n$BWRAP --ro-bind /usr /usr sh', '$BWRAP'],
    [': "${B:=bwrap}"\nR="$B --ro-bind /usr /usr"\n$R sh', '$R'],
    ['B=$(command -v bwrap)\n"$B" --ro-bind /usr /usr sh', '"$B"'],
    ['A=(bwrap --ro-bind /usr /usr)\n"${A[@]}" sh', 'bwrap'],
    ['env bwrap --ro-bind /usr /usr sh', 'bwrap'],
  ])('%j is told at %s', (script, place) => {
    expect(sliceOf(sandboxIn(script).place)).toBe(place);
  });

  it('is told with one clause, where two rounds of a loop ask the same', () => {
    const script = `A=(); for x in 1 2; do if [ "$1" = z ]; then A+=(--tmpfs ~/.ssh); else A+=(--ro-bind ~ ~); fi; done
bwrap "\${A[@]}" sh`;
    const { assumes = [] } = sandboxIn(script).files.can('read', hostPath(`${HOME_SYMBOL}/.ssh/id_rsa`, ''));
    expect(new Set(assumes.map((one) => one.replace(' does not hold', ' holds'))).size).toBe(assumes.length);
  });

  it('is told at the option where its words are computed', () => {
    const script = `A=(); add() { local p; p=$(readlink -f "$1"); A+=(--ro-bind "$p" "$p"); }
add ~/.ssh; add ~/.aws; add /opt
bwrap "\${A[@]}" sh`;
    const places = sandboxIn(script).files.grants.map(({ origin }) => sliceOf(origin.place));
    expect(places.every((text) => !text.startsWith('$('))).toBe(true);
  });
});
