/** Profiles that a script puts together before sandbox-exec reads them: what they say, and where. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { findingsOf } from '../../src/engine/findings.ts';
import { sandboxExecFrontend } from '../../src/frontends/seatbelt/sandbox-exec.ts';
import { homePath, hostPath } from '../../src/model/host-path.ts';
import { axesOf } from '../../src/reach/axes.ts';
import { positionAt } from '../../src/source/source.ts';
import { memoryProject } from '../support/memory-project.ts';

const FILES = {
  'tools/base.sb': '(version 1)\n(deny default)\n(allow file-read* (subpath "/opt"))\n',
  'tools/box.sb.in': '(version 1)\n(deny default)\n(allow file-write* (subpath "@DIR@"))\n',
};

function audit(script: string) {
  const project = memoryProject({ ...FILES, 'tools/run.sh': script });
  const result = sandboxExecFrontend.audit(project.source('tools/run.sh'), project);
  const [sandbox] = result.sandboxes;
  if (sandbox === undefined) throw new Error(`no sandbox: ${JSON.stringify(result.diagnostics)}`);
  const { egress } = sandbox.network;
  const can = (mode: 'read' | 'write', path: string): string => {
    const where = path.startsWith('~') ? homePath(path.slice(1)) : hostPath(path, '');
    const { verdict, assumes = [] } = sandbox.files.can(mode, where);
    return `${verdict}${assumes.length > 0 ? '?' : ''}`;
  };
  return {
    result,
    sandbox,
    net: egress.known ? egress.value.kind : 'unknown',
    unknown: sandbox.unresolved.map(({ what }) => what),
    can,
    lines: (rule: string) =>
      findingsOf(result.sandboxes, RULES)
        .filter((one) => one.rule.id === rule)
        .map(({ at }) => `${at.source.path}:${positionAt(at.source, at.span.start).line}`),
  };
}

/** Each opens `/opt/data` for reading and leaves the network closed, in a file that `sandbox-exec` reads. */
const HEAD = '(version 1)\n(deny default)';
const OPEN = '(allow file-read* (subpath "/opt/data"))';
const WRITERS: readonly (readonly [what: string, script: string, line: string])[] = [
  ['one here-document', `cat > "$f" <<'X'\n${HEAD}\n${OPEN}\nX`, 'tools/run.sh:5'],
  ['two of them', `cat > "$f" <<'X'\n${HEAD}\nX\ncat >> "$f" <<'X'\n${OPEN}\nX`, 'tools/run.sh:7'],
  ['echo', `echo '${HEAD}' > "$f"\necho '${OPEN}' >> "$f"`, 'tools/run.sh:4'],
  ['printf', `printf '(version 1)\\n(deny default)\\n%s\\n' '${OPEN}' > "$f"`, 'tools/run.sh:2'],
  ['a group', `{ echo '${HEAD}'; echo '${OPEN}'; } > "$f"`, 'tools/run.sh:3'],
  ['a function', `rules() { echo '${HEAD}'; }\nrules > "$f"\necho '${OPEN}' >> "$f"`, 'tools/run.sh:5'],
  [
    'a function that calls another',
    `head_of() { echo '${HEAD}'; }\nrules() { head_of; echo '${OPEN}'; }\nrules > "$f"`,
    'tools/run.sh:4',
  ],
  [
    'a loop',
    `echo '${HEAD}' > "$f"\nfor d in /opt/data; do echo "(allow file-read* (subpath \\"$d\\"))"; done >> "$f"`,
    'tools/run.sh:4',
  ],
  ['tee', `printf '%s\\n' '${HEAD}' '${OPEN}' | tee "$f" > /dev/null`, 'tools/run.sh:3'],
  ['a copy', `cp tools/base.sb "$f"\necho '${OPEN}' >> "$f"`, 'tools/run.sh:3'],
  ['cat of a file', `cat tools/base.sb - > "$f" <<'X'\n${OPEN}\nX`, 'tools/run.sh:3'],
  [
    'a template',
    `cat > t.in <<'X'\n${HEAD}\n(allow file-read* (subpath "@D@"))\nX\nsed "s|@D@|/opt/data|" t.in > "$f"`,
    'tools/run.sh:5',
  ],
  [
    'a template that is written over',
    `cat > "$f" <<'X'\n${HEAD}\n(allow file-read* (subpath "__D__"))\nX\nsed -i '' -e 's|__D__|/opt/data|g' "$f"`,
    'tools/run.sh:5',
  ],
  [
    'variables of the environment',
    `export D=/opt/data\nenvsubst > "$f" <<'X'\n${HEAD}\n(allow file-read* (subpath "$D"))\nX`,
    'tools/run.sh:6',
  ],
];

describe('a file that the script writes', () => {
  it.each(WRITERS)('by %s is read as a whole', (_, writer, line) => {
    const { can, net, unknown, sandbox } = audit(`f=$(mktemp)\n${writer}\nsandbox-exec -f "$f" agent`);
    expect([can('read', '/opt/data/x'), can('read', '~/.ssh/id_rsa'), net]).toEqual(['yes', 'no', 'none']);
    expect(unknown).toEqual([]);
    const grant = sandbox.files.grants.find(
      ({ path }) => path.root === 'absolute' && path.path === '/opt/data',
    );
    const at = grant && positionAt(grant.origin.place.source, grant.origin.place.span.start).line;
    expect(`${grant?.origin.place.source.path}:${at}`).toBe(line);
  });

  it('takes rules back that are written later', () => {
    const script = `cat > p.sb <<'X'\n(version 1)\n(allow default)\nX\necho '(deny network*)' >> p.sb\nsandbox-exec -f p.sb agent`;
    expect(audit(script).net).not.toBe('open');
  });

  it('begins anew where it is written anew', () => {
    const script = `echo '(version 1)(allow default)' > p.sb\necho '${HEAD}' > p.sb\nsandbox-exec -f p.sb agent`;
    expect(audit(script).can('read', '~/.ssh/id_rsa')).toBe('no');
  });

  it('has rules of a branch, assuming that it is taken', () => {
    const script = `echo '${HEAD}' > p.sb\n[ -n "$RW" ] && echo '(allow file-write*)' >> p.sb\nsandbox-exec -f p.sb agent`;
    const { result, can, sandbox } = audit(script);
    expect(result.sandboxes).toHaveLength(1);
    expect(can('write', '~/.zshrc')).toBe('yes?');
    expect(sandbox.files.can('write', homePath('.zshrc')).assumes).toEqual(['`[ -n "$RW" ]` holds']);
  });

  it('is not protected by what a branch denies', () => {
    const script = `echo '(version 1)(allow default)' > p.sb\n[ -n "$SAFE" ] && echo '(deny file-write*)' >> p.sb\nsandbox-exec -f p.sb agent`;
    const { sandbox } = audit(script);
    expect(sandbox.files.can('write', homePath('.zshrc'))).toMatchObject({
      verdict: 'yes',
      assumes: ['`[ -n "$SAFE" ]` does not hold'],
    });
  });

  it('is one of two where each branch writes it', () => {
    const script = `if [ -n "$OPEN" ]; then echo '(version 1)(allow default)' > p.sb; else echo '${HEAD}' > p.sb; fi\nsandbox-exec -f p.sb agent`;
    const { can, result } = audit(script);
    expect([result.sandboxes.length, can('read', '~/.ssh/id_rsa')]).toEqual([1, 'yes?']);
  });

  it('of mktemp is another one each time', () => {
    const script = `a=$(mktemp); b=$(mktemp)\necho '(version 1)(allow default)' > "$a"\necho '${HEAD}' > "$b"\nsandbox-exec -f "$b" agent`;
    expect(audit(script).can('read', '~/.ssh/id_rsa')).toBe('no');
  });

  it('that a program writes leaves everything open', () => {
    const { unknown, can, net, result, sandbox } = audit('python3 gen.py > p.sb\nsandbox-exec -f p.sb agent');
    const unknownAxes = axesOf(sandbox, []).filter(({ reason }) => /\bnot known\b/.test(reason));
    expect(unknownAxes.map(({ axis }) => axis)).toEqual(['host', 'files', 'credentials', 'network']);
    expect(unknown).toEqual(['python3 gen.py > p.sb']);
    expect([can('write', '~/.zshrc'), net]).toEqual(['unknown', 'unknown']);
    expect(result.diagnostics).toEqual([]);
  });

  it('by a function that prints elsewhere too is said to be unknown', () => {
    const script = `rules() { echo "(version 1)(allow default)$1"; }\nrules x > a.sb\nrules y > b.sb\nsandbox-exec -f a.sb agent`;
    expect(audit(script).unknown).toEqual(['rules x > a.sb']);
  });
});

describe('a text on the command line', () => {
  it.each([
    ['a file with more behind it', `P="$(cat tools/base.sb)\n(allow network*)"`],
    ['its value with more behind it', `P="$(cat tools/base.sb)"\nP="$P (allow network*)"`],
    ['two commands', `P="$(cat tools/base.sb; echo '(allow network*)')"`],
    ['a function', `gen() { cat tools/base.sb; echo '(allow network*)'; }\nP="$(gen)"`],
  ])('of %s is read as a whole', (_, script) => {
    const { can, net, unknown, result } = audit(`${script}\nsandbox-exec -p "$P" agent`);
    expect([can('read', '/opt/x'), net, unknown]).toEqual(['yes', 'open', []]);
    expect(result.absorbs).toEqual(['tools/base.sb#base']);
    expect(result.diagnostics).toEqual([]);
  });

  it('of a template is read with what is known of it', () => {
    const known = audit('sandbox-exec -p "$(sed "s|@DIR@|$HOME|g" tools/box.sb.in)" agent');
    expect(known.can('write', '~/.zshrc')).toBe('yes');
    expect(known.lines('writable-home')).toEqual(['tools/box.sb.in:3']);
    const open = audit('sandbox-exec -p "$(sed "s|@DIR@|$1|g" tools/box.sb.in)" agent');
    expect(open.unknown).toEqual(['$1 in the profile']);
    const edited = audit('sandbox-exec -p "$(sed "/allow/d" tools/box.sb.in)" agent');
    expect(edited.unknown).toContain('sed "/allow/d" tools/box.sb.in');
  });

  it('with a part outside the project is not refused, and never clean', () => {
    const script = 'P="$(cat "$HOME/base.sb")\n(deny network*)"\nsandbox-exec -p "$P" agent';
    const { result, unknown, can, net } = audit(script);
    expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([unknown, can('read', '~/.ssh/id_rsa'), net]).toEqual([['~/base.sb'], 'unknown', 'unknown']);
  });

  it('by several assignments is judged where each of them stands', () => {
    const script = `P='(version 1)'\nP+='(allow default)'\nP="$P\n(deny network*)"\nsandbox-exec -p "$P" agent`;
    expect(audit(script).lines('allow-by-default')).toEqual(['tools/run.sh:2']);
    const loop = `R=""\nfor d in "$HOME"; do R+="(allow file-write* (subpath \\"$d\\"))"; done\nsandbox-exec -p "(version 1)(deny default)$R" agent`;
    expect(audit(loop).lines('writable-home')).toEqual(['tools/run.sh:2']);
  });
});

describe('a parameter of unknown parts', () => {
  it('is one unknown path, and no mistake of the profile', () => {
    const project = memoryProject({
      'p.sb':
        '(version 1)(deny default)(allow file-write* (literal (param "P")) (subpath (string-append (param "P") "/x")))',
      'run.sh': 'sandbox-exec -f p.sb -D P="$dir/$name" agent\nsandbox-exec -f p.sb -D P="/opt/$name" agent',
    });
    const result = sandboxExecFrontend.audit(project.source('run.sh'), project);
    expect(result.diagnostics).toEqual([]);
    expect(result.sandboxes.map(({ unresolved }) => unresolved.map(({ names }) => names))).toEqual([
      [['dir', 'name']],
      [['name']],
    ]);
  });
});

describe('a relative name', () => {
  it('leads to where the script has gone', () => {
    expect(audit('cd /tmp\nsandbox-exec -f base.sb agent').unknown).toEqual(['base.sb']);
    expect(audit('(cd /tmp; ls)\nsandbox-exec -f base.sb agent').unknown).toEqual([]);
    expect(audit('x=$(cd /tmp && pwd)\nsandbox-exec -f base.sb agent').unknown).toEqual([]);
    expect(audit('cd tools\nsandbox-exec -f base.sb agent').unknown).toEqual([]);
  });
});

describe('one start of several spellings', () => {
  it('is told once', () => {
    const profile = `-p '(version 1)(deny default)'`;
    const names = (script: string) => audit(script).result.sandboxes.map(({ name }) => name);
    expect(names(`\${NICE:+nice} \${T:+timeout 5} sandbox-exec ${profile} agent`)).toHaveLength(1);
    expect(names(`S=(sandbox-exec ${profile})\n"\${S[@]}" a\n"\${S[@]}" b`)).toEqual([
      'sandbox-exec (line 1)',
    ]);
    const values = `D=/opt; [ -n "$X" ] && D="$HOME"\nsandbox-exec -f tools/base.sb -D DIR="$D" agent`;
    expect(names(values)).toEqual(['sandbox-exec (line 2)', 'sandbox-exec (line 2, choice 2)']);
  });

  it('takes its options from the branch that is taken', () => {
    const script = `if [ -n "$X" ]; then O=(-f tools/base.sb); else O=(-p '(version 1)(allow default)'); fi\nsandbox-exec "\${O[@]}" agent`;
    const { result } = audit(script);
    expect(result.sandboxes.map(({ files }) => files.can('write', homePath('x')).verdict)).toEqual([
      'no',
      'yes',
    ]);
  });

  it('may be given a parameter in one branch alone', () => {
    const project = memoryProject({
      'net.sb': '(version 1)(deny default)(when (param "NET") (allow network*))',
      'run.sh': `A=(-f net.sb); [ -n "$NET" ] && A+=(-D NET=1)\nsandbox-exec "\${A[@]}" agent`,
    });
    const [sandbox] = sandboxExecFrontend.audit(project.source('run.sh'), project).sandboxes;
    const { egress } = sandbox?.network ?? {};
    expect(egress).toMatchObject({ value: { kind: 'open' }, assumes: ['`[ -n "$NET" ]` holds'] });
  });
});
