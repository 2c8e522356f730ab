/** bwrap command lines in scripts, through the whole front end and the rules. */

import { describe, expect, it } from 'vitest';
import { positionAt, sliceOf } from '../../src/source/source.ts';
import { auditText, rulesIn } from '../support/audit-text.ts';
import { withProcessorTime } from '../support/processor-time.ts';

const P = '--proc /proc --dev /dev';
const HARDENED = `--ro-bind /usr /usr --symlink usr/bin /bin ${P} --unshare-all --new-session --clearenv --as-pid-1`;

/** Rule and the source text of its place, of findings that are not about limits. */
function found(script: string): string[] {
  return auditText('bwrap', script)
    .findings.filter(({ rule }) => !rule.id.startsWith('unlimited-'))
    .map(({ rule, at, severity }) => `${severity} ${rule.id}: ${sliceOf(at)}`)
    .sort();
}

const names = (script: string): string[] =>
  auditText('bwrap', script).result.sandboxes.map(({ name }) => name);

describe('the command', () => {
  it('is found by path, wrapper and variable, and nowhere else', () => {
    expect(
      names('bwrap --bind / / sh\nsudo -E bwrap --bind / / sh\nexec /usr/bin/bwrap --bind / / sh'),
    ).toEqual(['bwrap (line 1)', 'bwrap (line 2)', 'bwrap (line 3)']);
    expect(names('BWRAP=$(command -v bwrap)\n"$BWRAP" --bind / / sh')).toHaveLength(1);
    expect(
      names(
        'echo "bwrap --bind / / sh"\n# bwrap --bind / / sh\napt install bwrap\ncat <<EOF\nbwrap --bind / / sh\nEOF',
      ),
    ).toEqual([]);
    expect(names('bwrap --version\nbwrap --help')).toEqual([]);
  });

  it('is told apart from others on its line', () => {
    expect(names('bwrap --bind / / a; bwrap --ro-bind / / b')).toEqual([
      'bwrap (line 1, column 1)',
      'bwrap (line 1, column 21)',
    ]);
    const ids = auditText(
      'bwrap',
      'f() { bwrap --bind / / "$@" sh; }\nf --unshare-all\nf --unshare-net\nf --unshare-net',
    ).result.sandboxes;
    expect(ids.map(({ id }) => id)).toEqual(['sandbox.sh#bwrap:1', 'sandbox.sh#bwrap:1#2']);
  });

  it('ends where the command inside begins', () => {
    expect(found(`bwrap ${HARDENED} -- bwrap --bind / / sh`)).toEqual([]);
    expect(found(`bwrap ${HARDENED} tool --bind / /`)).toEqual([]);
  });

  it('never starts when bwrap refuses it, which is an error and no finding', () => {
    const { result, findings } = auditText('bwrap', 'bwrap --bind=/ / sh');
    expect(result.sandboxes).toHaveLength(0);
    expect(findings).toEqual([]);
    expect(result.diagnostics).toMatchObject([{ severity: 'error' }]);
    expect(result.diagnostics[0]?.place && sliceOf(result.diagnostics[0].place)).toBe('--bind=/');
  });
});

describe('findings', () => {
  it('stand at the option, the element of an array, or the word that a loop hands in', () => {
    expect(found(`bwrap ${HARDENED} --ro-bind ~/.ssh ~/.ssh sh`)).toEqual([
      'medium credential-mount: --ro-bind ~/.ssh ~/.ssh',
    ]);
    expect(found(`A=(${HARDENED})\nA+=(--ro-bind ~/.ssh ~/.ssh)\nbwrap "\${A[@]}" sh`)).toEqual([
      'medium credential-mount: --ro-bind ~/.ssh ~/.ssh',
    ]);
    expect(
      found(
        `A=(${HARDENED})\nfor d in ~/.ssh ~/.aws; do A+=(--ro-bind "$d" "$d"); done\nbwrap "\${A[@]}" sh`,
      ),
    ).toEqual(['medium credential-mount: ~/.aws', 'medium credential-mount: ~/.ssh']);
  });

  it('stand at the command word for what nobody wrote', () => {
    const { findings } = auditText('bwrap', `\n  bwrap --ro-bind /usr /usr ${P} sh`);
    const terminal = findings.find(({ rule }) => rule.id === 'terminal-injection');
    expect(
      terminal && [sliceOf(terminal.at), positionAt(terminal.at.source, terminal.at.span.start)],
    ).toEqual(['bwrap', { line: 2, column: 3 }]);
    expect(rulesIn(auditText('bwrap', `bwrap --ro-bind /usr /usr ${P} sh`))).toEqual(
      expect.arrayContaining([
        'host-network',
        'host-pid-namespace',
        'inherited-environment',
        'missing-namespace',
        'terminal-injection',
      ]),
    );
  });

  it('are few for a sandbox that shows little', () => {
    expect(found(`bwrap ${HARDENED} --setenv PATH /usr/bin -- sh`)).toEqual([]);
    expect(found(`bwrap ${HARDENED} --bind "$PWD" "$PWD" -- sh`)).toEqual([
      'low writable-sandbox-config: --bind "$PWD" "$PWD"',
    ]);
  });

  it('name the condition that they rest on', () => {
    const script = `A=(${HARDENED})\nif [ "$GIT" = 1 ]; then A+=(--ro-bind ~/.ssh ~/.ssh); fi\nbwrap "\${A[@]}" sh`;
    const [finding] = auditText('bwrap', script).findings.filter(
      ({ rule }) => rule.id === 'credential-mount',
    );
    expect(finding?.assumes).toContain('`[ "$GIT" = 1 ]` holds');
    const exists = `A=(${HARDENED})\n[ -d ~/.ssh ] && A+=(--ro-bind ~/.ssh ~/.ssh)\nbwrap "\${A[@]}" sh`;
    const [plain] = auditText('bwrap', exists).findings.filter(({ rule }) => rule.id === 'credential-mount');
    expect(plain?.assumes).toEqual([]);
  });

  it.each([
    ['--bind / /', 'critical allow-by-default'],
    ['--ro-bind / /', 'broad-host-read'],
    ['--ro-bind ~ ~', 'readable-home'],
    ['--bind ~ ~', 'critical writable-home'],
    ['--ro-bind /run/docker.sock /run/docker.sock', 'engine-socket'],
    ['--ro-bind /tmp/.X11-unix /tmp/.X11-unix', 'session-socket'],
    ['--ro-bind "$SSH_AUTH_SOCK" /agent', 'agent-socket'],
    ['--dev-bind /dev /dev', 'host-device'],
    ['--not-a-security-boundary', 'sandbox-bypass'],
    ['--tmpfs ~/.ssh --ro-bind / /', 'inert-setting'],
    ['$EXTRA', 'unresolved-value'],
    ['--ro-bind "$1" /data', 'unresolved-value'],
    ['--setenv GITHUB_TOKEN "$GITHUB_TOKEN"', 'host-secret-passthrough'],
    ['--bind "$PWD" "$PWD" --ro-bind "$PWD/sub/.git" "$PWD/sub/.git"', 'writable-sandbox-config'],
  ])('%s gives %s', (option, expected) => {
    expect(found(`bwrap ${HARDENED} ${option} -- sh`).join('\n')).toContain(expected);
  });

  it('tell root that keeps its capabilities', () => {
    expect(found(`sudo bwrap --ro-bind / / ${P} --unshare-all -- sh`).join('\n')).toContain(
      'critical dangerous-capability',
    );
    const dropped = found(`sudo bwrap --ro-bind / / ${P} --unshare-all --cap-drop ALL -- sh`).join('\n');
    expect(dropped).not.toContain('dangerous-capability');
  });
});

describe('hostile scripts', () => {
  it('with more mounts than are read say so', () => {
    const many = Array.from({ length: 1400 }, (_, n) => `--ro-bind /a${n} /a${n}`).join(' ');
    const { result, findings } = auditText('bwrap', `bwrap ${many} sh`);
    expect(result.diagnostics).toMatchObject([{ severity: 'limit' }]);
    expect(findings.map(({ rule }) => rule.id)).toContain('unresolved-value');
  });

  it.each([
    ['many options', `bwrap ${'--ro-bind /a /a '.repeat(2900)} sh`],
    [
      'many choices',
      `${Array.from({ length: 60 }, (_, n) => `[ "$A${n}" ] && B+=(--bind /x${n} /x${n})`).join('\n')}\nbwrap "\${B[@]}" sh`,
    ],
    [
      'many views of the whole disk',
      `bwrap ${Array.from({ length: 1400 }, (_, n) => `--bind / /x${n} --tmpfs /x${n}/etc`).join(' ')} sh`,
    ],
    [
      'many views of one directory',
      `bwrap ${Array.from({ length: 1400 }, (_, n) => `--bind ~/.ssh /x${n} --tmpfs /x${n}/id_rsa`).join(' ')} sh`,
    ],
    ['options that feed themselves', `bwrap --args 0 sh < <(printf '%s\\0' --args 0)`],
    ['an unclosed quote', 'bwrap --ro-bind "/ / sh'],
    ['odd numbers', 'bwrap --args 99999999999999999999 --size 1e999 --tmpfs /x --bind-fd -1 /y sh'],
    ['names of the prototype', 'bwrap --setenv __proto__ 1 --constructor x sh'],
  ])('%s are read to the end', (_, script) => {
    const [, milliseconds] = withProcessorTime(() => auditText('bwrap', script));
    // A reader that runs away takes minutes.
    expect(milliseconds).toBeLessThan(20_000);
  });
});
