/** sandbox-exec command lines in scripts, with the profiles that they start. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { findingsOf } from '../../src/engine/findings.ts';
import { sandboxExecFrontend } from '../../src/frontends/seatbelt/sandbox-exec.ts';
import { sliceOf } from '../../src/source/source.ts';
import { memoryProject } from '../support/memory-project.ts';

function audit(script: string, files: Readonly<Record<string, string>> = {}) {
  const project = memoryProject({ ...files, 'tools/run.sh': script });
  const result = sandboxExecFrontend.audit(project.source('tools/run.sh'), project);
  const findings = findingsOf(result.sandboxes, RULES);
  const at = (rule: string): string[] =>
    findings
      .filter((finding) => finding.rule.id === rule)
      .map((finding) => `${finding.at.source.path}: ${sliceOf(finding.at)}`);
  return { result, findings, at };
}

const READS_KEYS = '(version 1)\n(deny default)\n(allow file-read* (subpath "$HOME/.ssh"))\n';

describe('a profile in the script', () => {
  it.each([
    [
      'a variable',
      `P="${READS_KEYS.replaceAll('"', '\\"')}"\nsandbox-exec -p "$P" sh`,
      '(subpath \\"$HOME/.ssh\\")',
    ],
    [
      'single quotes',
      `sandbox-exec -p '(version 1)(deny default)(allow file-read* (subpath "/Users/me/.ssh"))' sh`,
      '(subpath "/Users/me/.ssh")',
    ],
    [
      'a here-document in a variable',
      `P=$(cat <<EOF\n${READS_KEYS}EOF\n)\nsandbox-exec -p "$P" sh`,
      '(subpath "$HOME/.ssh")',
    ],
    [
      'a file that the script writes',
      `cat > /tmp/p.sb <<EOF\n${READS_KEYS}EOF\nsandbox-exec -f /tmp/p.sb sh`,
      '(subpath "$HOME/.ssh")',
    ],
    [
      'a temporary file',
      `T=$(mktemp)\ncat > "$T" <<EOF\n${READS_KEYS}EOF\nsandbox-exec -f "$T" sh`,
      '(subpath "$HOME/.ssh")',
    ],
    [
      'a process substitution',
      `sandbox-exec -f <(cat <<EOF\n${READS_KEYS}EOF\n) sh`,
      '(subpath "$HOME/.ssh")',
    ],
    ['standard input', `sandbox-exec -f /dev/stdin sh <<EOF\n${READS_KEYS}EOF\n`, '(subpath "$HOME/.ssh")'],
  ])('by %s is judged where its rules stand', (_, script, place) => {
    expect(audit(script).at('credential-mount')).toEqual([`tools/run.sh: ${place}`]);
  });

  it('that is put together under a condition is one sandbox, and what it opens then an assumption', () => {
    const script = `E=""
if [ "$GIT" = 1 ]; then E="
(allow file-write* (subpath \\"$HOME/src\\"))"; fi
P="(version 1)
(deny default)
(allow file-read* (subpath \\"$HOME/.ssh\\"))
$E
"
sandbox-exec -p "$P" sh`;
    const { result, at, findings } = audit(script);
    expect(result.sandboxes).toHaveLength(1);
    const [written] = findings.filter(({ rule }) => rule.id === 'writable-host-path');
    expect(written?.assumes).toEqual(['`[ "$GIT" = 1 ]` holds']);
    expect(at('credential-mount')).toEqual(['tools/run.sh: (subpath \\"$HOME/.ssh\\")']);
  });

  it('of directories that the script looks up names them as they are', () => {
    const script = `ROOT="$(cd "$(dirname "$0")/.." && pwd)"
cat > /tmp/p.sb <<EOF
(version 1)
(allow default)
(deny file-read* (subpath "$ROOT/secret"))
EOF
sandbox-exec -f /tmp/p.sb sh`;
    const { result, at } = audit(script);
    expect(at('inert-setting')).toEqual([]);
    const [sandbox] = result.sandboxes;
    expect(sandbox?.files.can('read', { root: 'workspace', path: 'secret/x' }).verdict).toBe('no');
    expect(sandbox?.files.can('read', { root: 'workspace', path: 'src/x' }).verdict).toBe('yes');
  });

  it('is the one that a name of macOS stands for', () => {
    const { result, at } = audit('sandbox-exec -n no-network sh');
    expect(result.sandboxes[0]?.network.egress).toMatchObject({ known: true });
    expect(at('open-egress')).toEqual([]);
    expect(at('allow-by-default')).toEqual(['tools/run.sh: no-network']);
    expect(audit('sandbox-exec -n no-such-name sh').at('unresolved-value')).toHaveLength(1);
  });

  it('with rules from elsewhere leaves those open', () => {
    const script = `sandbox-exec -p "(version 1)(deny default)$EXTRA(allow file-read* (subpath \\"$HOME/.ssh\\"))" sh`;
    const { result, at } = audit(script);
    expect(result.diagnostics).toEqual([]);
    expect(at('credential-mount')).toHaveLength(1);
    expect(at('unresolved-value')).toHaveLength(1);
    expect(audit('sandbox-exec -p "$EVERYTHING" sh').at('unresolved-value')).toHaveLength(1);
  });

  it('that macOS refuses is an error and no sandbox', () => {
    const { result } = audit(`sandbox-exec -p '(version 1)(allow file-read* (subpath (param "GONE")))' sh`);
    expect(result.sandboxes).toHaveLength(0);
    expect(result.diagnostics.map(({ severity }) => severity)).toContain('error');
  });
});

describe('a profile of the project', () => {
  const BOX =
    '(version 1)\n(deny default)\n(allow file-write* (subpath (param "DIR")))\n(when (param "NET") (allow network*))\n';

  it('takes its parameters from the command, and is told once', () => {
    const { result, at } = audit('sandbox-exec -f tools/box.sb -D DIR="$HOME" sh', { 'tools/box.sb': BOX });
    expect(at('writable-home')).toEqual(['tools/box.sb: (subpath (param "DIR"))']);
    expect(at('open-egress')).toEqual([]);
    expect(result.absorbs).toEqual(['tools/box.sb#box']);
    expect(result.consulted).toContain('tools/box.sb');
    expect(result.sandboxes.map(({ name }) => name)).toEqual(['sandbox-exec (line 1)']);
    const open = audit('sandbox-exec -f tools/box.sb -DDIR=/private/tmp/x -D NET=0 sh', {
      'tools/box.sb': BOX,
    });
    expect(open.at('open-egress')).toHaveLength(1);
    expect(open.at('writable-home')).toEqual([]);
  });

  it('is read as text as well as by name', () => {
    const { result } = audit('sandbox-exec -p "$(cat tools/box.sb)" -D DIR=/private/tmp/x sh', {
      'tools/box.sb': BOX,
    });
    expect(result.absorbs).toEqual(['tools/box.sb#box']);
  });

  it('beside the script is found as well', () => {
    const { result } = audit('sandbox-exec -f box.sb -D DIR=/private/tmp/x sh', { 'tools/box.sb': BOX });
    expect(result.absorbs).toEqual(['tools/box.sb#box']);
  });

  it('with a parameter that nothing tells leaves that open', () => {
    const { at } = audit('sandbox-exec -f box.sb -D DIR="$1" sh', { 'tools/box.sb': BOX });
    expect(at('unresolved-value')).toEqual(['tools/run.sh: DIR="$1"']);
  });

  it('that cannot be read leaves everything open', () => {
    for (const script of ['sandbox-exec -f gone.sb sh', 'sandbox-exec -f "$PROFILE" sh', 'sandbox-exec sh']) {
      const { result, at } = audit(script);
      expect(result.sandboxes).toHaveLength(1);
      expect(at('unresolved-value')).toHaveLength(1);
      expect(at('allow-by-default')).toEqual([]);
    }
  });

  it('chosen by a variable is one sandbox for each choice', () => {
    const files = { 'tools/a.sb': '(version 1)(allow default)', 'tools/b.sb': '(version 1)(deny default)' };
    const { result, at } = audit('case $M in open) F=a.sb;; *) F=b.sb;; esac\nsandbox-exec -f $F sh', files);
    expect(result.sandboxes).toHaveLength(2);
    expect(at('allow-by-default')).toEqual(['tools/a.sb: (allow default)']);
    expect(result.absorbs).toEqual(['tools/a.sb#a', 'tools/b.sb#b']);
  });
});

describe('the command', () => {
  it('hands its environment on, unless it is emptied before', () => {
    const profile = `-p '(version 1)(deny default)'`;
    expect(audit(`sandbox-exec ${profile} sh`).at('inherited-environment')).toEqual([
      'tools/run.sh: sandbox-exec',
    ]);
    expect(audit(`env -i sandbox-exec ${profile} sh`).at('inherited-environment')).toEqual([]);
  });

  it('tells the agent that it starts', () => {
    const { result } = audit(`sandbox-exec -p '(version 1)(deny default)' -- claude -p hello`);
    expect(result.sandboxes[0]?.agents).toEqual(['claude']);
  });

  it('is no command in a comment or a text', () => {
    expect(audit(`# sandbox-exec -p '(allow default)' sh\necho sandbox-exec -f x`).result.ours).toBe(false);
  });
});
