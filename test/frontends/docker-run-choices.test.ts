// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
/** Run lines whose words depend on choices of the script: every grant counts, and only what surely restrains. */
import { describe, expect, it } from 'vitest';
import { homePath } from '../../src/model/host-path.ts';
import { auditText } from '../support/audit-text.ts';

interface Read {
  /** Mounts as `text`. */
  readonly mounts: readonly string[];
  /** Findings as `rule severity`. */
  readonly rules: readonly string[];
  readonly assumptions: readonly string[];
  readonly unknowns: readonly string[];
  readonly egress: string;
  readonly variables: readonly string[];
  /** Whether the keys in the home directory can be read. */
  readonly keys: string;
}

function read(text: string): Read {
  const { result, findings } = auditText('docker-run', text);
  const sandbox = result.sandboxes.at(-1);
  if (sandbox === undefined) throw new Error('no sandbox');
  const { egress } = sandbox.network;
  return {
    mounts: sandbox.files.grants.map((grant) => grant.text),
    rules: [...new Set(findings.map(({ rule, severity }) => `${rule.id} ${severity}`))],
    assumptions: [...new Set(findings.flatMap((finding) => finding.assumes ?? []))],
    unknowns: sandbox.unresolved.map(({ mayHide }) => mayHide),
    egress: egress.known ? egress.value.kind : 'unknown',
    keys: sandbox.files.can('read', homePath('.ssh')).verdict,
    variables: sandbox.environment.variables.map(({ name, from }) => `${name} ${from}`),
  };
}

const has = (text: string, rule: string): boolean => read(text).rules.some((one) => one.startsWith(rule));

describe('values that exclude each other', () => {
  it('are all mounted, though at one target', () => {
    const loop = 'while [ $# -gt 0 ]; do case $1 in -w) W="$2"; shift 2;; *) break;; esac; done';
    const { mounts } = read(`W="$(pwd)"\n${loop}\ndocker run --rm -v "$W:/workspace" node:20 claude`);
    expect(mounts).toContain('.:/workspace');
    expect(mounts).toHaveLength(2);
  });

  it('count with their worst', () => {
    const text = 'dir=$HOME\nif [ -d ./data ]; then dir=./data; fi\ndocker run -v "$dir:/data" alpine';
    expect(read(text).mounts.toSorted()).toEqual(['./data:/data', '~:/data']);
    expect(has(text, 'readable-home')).toBe(true);
  });

  it('leave write access where one way has it', () => {
    const text =
      'A=(-v "$HOME/.ssh:/k")\n[ -n "$RO" ] && A=(-v "$HOME/.ssh:/k:ro")\ndocker run "${A[@]}" alpine';
    expect(read(text).mounts.toSorted()).toEqual(['~/.ssh:/k', '~/.ssh:/k:ro']);
  });

  it('replace no variable', () => {
    const text =
      'A=(-e GITHUB_TOKEN="$GITHUB_TOKEN")\n[ -n "$SLIM" ] && A=(-e GITHUB_TOKEN=none)\ndocker run "${A[@]}" alpine claude';
    expect(has(text, 'host-secret-passthrough')).toBe(true);
  });
});

describe('what is mounted over something in some ways only', () => {
  const ssh = 'A=(-v "$HOME/.ssh:/h/.ssh:ro")\n';
  const home = 'A=(-v "$HOME:/h:ro")\n';

  it.each([
    ['at the same target', `${ssh}[ -n "$HIDE" ] && A+=(-v empty:/h/.ssh)`],
    ['inside it', `${home}[ -n "$HIDE" ] && A+=(--tmpfs /h/.ssh)`],
    [
      'in two patterns of three',
      `${home}case $1 in a) A+=(--tmpfs /h/.ssh);; b) ;; *) A+=(--tmpfs /h/.ssh);; esac`,
    ],
  ])('%s hides nothing', (_, text) => {
    expect(read(`${text}\ndocker run "\${A[@]}" alpine`).keys).toBe('yes');
  });

  it.each([
    ['at the same target', `${ssh}docker run "\${A[@]}" -v empty:/h/.ssh alpine`],
    [
      'at the target of what a branch adds',
      '[ -n "$X" ] && A+=(-v ~/.ssh:/k)\ndocker run "${A[@]}" -v empty:/k alpine',
    ],
    [
      'in every branch',
      `${ssh}if x; then A+=(-v e:/h/.ssh); else A+=(-v e:/h/.ssh); fi\ndocker run "\${A[@]}" alpine`,
    ],
    ['inside it', `${home}docker run "\${A[@]}" --tmpfs /h/.ssh alpine`],
  ])('%s, but surely, hides it', (_, text) => {
    expect(read(text).keys).toBe('no');
  });

  it('replaces a variable where it surely comes later', () => {
    const text =
      '[ -n "$X" ] && A+=(-e GITHUB_TOKEN)\ndocker run "${A[@]}" -e GITHUB_TOKEN=none alpine claude';
    expect(has(text, 'host-secret-passthrough')).toBe(false);
  });
});

describe('the order of the line', () => {
  it('shows the plainest of several values first', () => {
    const text = 'P=8001\nif [ -n "$1" ]; then P=$2; fi\ndocker run -p "$P:8001" -v a:/a alpine';
    const told = auditText('docker-run', text).findings.find(({ rule }) => rule.id === 'published-port');
    expect(told?.evidence).toBe('port `8001` is published on all interfaces of the host');
  });
});

describe('many choices', () => {
  const flags = (count: number): string =>
    Array.from({ length: count }, (_, at) => `[ -e /f${at} ] && args+=(-e V${at}=1)`).join('\n');

  it.each([12, 20, 63, 64, 65, 200])('%i of them hide none that follows', (count) => {
    const text = `args=()\n${flags(count)}\n[ -n "$FULL" ] && args+=(--privileged -v /:/host)\ndocker run --rm "\${args[@]}" alpine`;
    const { rules, mounts, variables, unknowns } = read(text);
    expect(rules).toContain('privileged-container critical');
    expect(mounts).toEqual(['/:/host']);
    expect(variables).toHaveLength(count);
    expect(unknowns).not.toContain('any-setting');
  });

  it('are told where they are too many', () => {
    const arms = Array.from({ length: 200 }, (_, at) => `v${at}) args+=(-e V${at}=1);;`).join('\n');
    const text = `args=()\ncase $1 in\n${arms}\nesac\ndocker run --rm "\${args[@]}" alpine`;
    expect(read(text).unknowns).toContain('any-setting');
  });
});

describe('tests of written defaults', () => {
  it('count for what restrains', () => {
    const text =
      'NET=${NET:-none}\nif [ "$NET" = none ]; then a=(--network none); else a=(--network "$NET"); fi\ndocker run "${a[@]}" alpine';
    expect(read(text).egress).toBe('none');
  });

  it('count for limits, and not where the default is the other way', () => {
    const limited = (fallback: string): string =>
      `if [ "\${SAFE:-${fallback}}" = yes ]; then a+=(--memory 1g --cpus 1 --pids-limit 9); fi\ndocker run "\${a[@]}" alpine`;
    expect(has(limited('yes'), 'unlimited-memory')).toBe(false);
    expect(has(limited('no'), 'unlimited-memory')).toBe(true);
  });

  it.each(['[ -n "$T" ] && a+=(--privileged)', 'if [ "$T" = 1 ]; then a+=(--privileged); fi'])(
    'are tests too where the default is empty: %s',
    (test) => {
      expect(has(`T="\${OPEN:-}"\n${test}\ndocker run "\${a[@]}" alpine`, 'privileged-container')).toBe(true);
    },
  );

  it('leave what the other way grants, under its assumption', () => {
    const text = 'if [ "${MODE:-safe}" = open ]; then a+=(--privileged); fi\ndocker run "${a[@]}" alpine';
    const { rules, assumptions } = read(text);
    expect(rules.some((rule) => rule.startsWith('privileged-container'))).toBe(true);
    expect(assumptions).toContain('the branch "[ "${MODE:-safe}" = open ]" is taken');
  });

  it('hide nothing in the way that they do not take', () => {
    const text =
      'a=(-v ~/.ssh:/k)\nif [ "${MODE:-safe}" = open ]; then a+=(-v e:/k); fi\ndocker run "${a[@]}" alpine';
    expect(has(text, 'credential-mount')).toBe(true);
  });

  it('count as they must for a line that stands in the other way', () => {
    const text = 'if [ "${MODE:-safe}" = open ]; then docker run --privileged --network none alpine; fi';
    const { rules, egress } = read(text);
    expect(rules.some((rule) => rule.startsWith('privileged-container'))).toBe(true);
    expect(egress).toBe('none');
  });
});

describe('a script in which nothing is found', () => {
  const audit = (text: string) => auditText('docker-run', text).result;
  const deep = `a='eval "$a"'\neval "$a"`;

  it('is told to be read in part where a limit was hit', () => {
    const { ours, diagnostics } = audit(`${deep}\n$DOCKER $WHAT\n`);
    expect(ours).toBe(true);
    expect(diagnostics.map(({ severity }) => severity)).toContain('limit');
  });

  it.each([
    ['no engine in it', `${deep}\nrun build\n`],
    ['one in a comment alone', `# docker run x\n${deep}\n`],
    ['an engine and no limit', 'docker ps\n'],
    ['a verb that is not known at all', 'docker "$1" x\n'],
  ])('is none of ours with %s', (_, text) => {
    expect(audit(text)).toMatchObject({ ours: false, diagnostics: [] });
  });

  it('is told to be read in part where the words behind the verb run into one', () => {
    const { ours, diagnostics } = audit('C="docker run$X"\n$C\n');
    expect({ ours, severities: diagnostics.map(({ severity }) => severity) }).toEqual({
      ours: true,
      severities: ['limit'],
    });
  });
});

describe('secrets of the host', () => {
  const passed = (text: string): string[] => {
    const { findings } = auditText('docker-run', text);
    return findings.flatMap(({ rule, severity, evidence }) =>
      rule.id === 'host-secret-passthrough' ? [`${severity}: ${evidence}`] : [],
    );
  };

  it.each([
    ['T="${GITHUB_TOKEN:-}"\ndocker run -e GITHUB_TOKEN="$T" alpine claude', 'GITHUB_TOKEN'],
    ['docker run -e GITHUB_TOKEN="${GITHUB_TOKEN:-}" alpine claude', 'GITHUB_TOKEN'],
    ['T="${GITHUB_TOKEN:-$(gh auth token)}"\ndocker run -e GH_TOKEN="$T" alpine claude', 'GITHUB_TOKEN'],
    ['T=$(gh auth token)\ndocker run -e GITHUB_TOKEN="$T" alpine claude', 'GITHUB_TOKEN'],
    ['docker run -e API_KEY="$(cat ~/.k)" alpine claude', 'API_KEY'],
    ['docker run -e X_AUTH_TOKEN="`cat k`" alpine claude', 'X_AUTH_TOKEN'],
    [
      'T="${GITHUB_TOKEN:-}"\n[ -n "$T" ] && a+=(-e "GITHUB_TOKEN=$T")\ndocker run "${a[@]}" alpine claude',
      'GITHUB_TOKEN',
    ],
  ])('%s', (text, name) => {
    const high = passed(text).filter((one) => one.startsWith('high') && one.includes(`\`${name}\``));
    expect(high).toHaveLength(1);
  });

  it('come from the host whether the script asks for them or not', () => {
    const ask = 'if [ -z "$NPM_TOKEN" ]; then NPM_TOKEN=$(ask); fi\n';
    expect(passed(`${ask}docker run -e NPM_TOKEN="$NPM_TOKEN" alpine claude`)).not.toEqual([]);
  });

  it.each([
    'docker run -e SESSION_TOKEN="$(openssl rand -hex 16)" alpine claude',
    'docker run -e TOKEN_ID="$(uuidgen)" alpine claude',
    'generate_token() { if [ -e /f ]; then openssl rand -hex 9; return; fi; od -N9 /dev/urandom | tr -d " "; }\nT=$(generate_token)\ndocker run -e TOKEN="$T" alpine claude',
    'T="${TZ:-}"\ndocker run -e TZ="$T" -e NOW="$(stat x)" alpine claude',
    'P="${DB_PASSWORD:-postgres}"\ndocker run -e DB_PASSWORD="$P" alpine claude',
    'T="${GITHUB_TOKEN:-}"\nT=none\ndocker run -e GITHUB_TOKEN="$T" alpine claude',
  ])('%s hands none in', (text) => {
    expect(passed(text)).toEqual([]);
  });

  it('are told from where they come, and for what they are by their name inside', () => {
    const text = 'docker run -e AWS_SECRET_KEY="$DOCKER_SECRET" -e X_TOKEN="$(pass x)" a';
    const told = auditText('docker-run', text).findings.filter(
      ({ rule }) => rule.id === 'host-secret-passthrough',
    );
    expect(told.map(({ evidence }) => evidence)).toEqual([
      "`AWS_SECRET_KEY` is made of `DOCKER_SECRET` of the host's environment",
      '`X_TOKEN` holds what `$(pass x)` prints on the host',
    ]);
    expect(told[0]?.consequence).toContain('act in your cloud account');
  });
});
