// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
/** Text that is executed by way of something else: each finds the flag where it is written, or says that it cannot. */
import { describe, expect, it } from 'vitest';
import { sliceOf } from '../../../src/source/source.ts';
import { auditFile } from '../../support/audit-file.ts';

const D = 'docker run --privileged -v /:/h img';

const places = (path: string, text: string): string[] =>
  auditFile(path, text).findings.flatMap(({ rule, at }) =>
    rule.id === 'privileged-container' ? [sliceOf(at)] : [],
  );

function found(title: string, path: string, texts: readonly string[]): void {
  describe(title, () => {
    it.each(texts.map((text) => [text.replaceAll('\n', '⏎').slice(0, 120), text]))('%s', (_, text) => {
      expect(places(path, text)).toContain('--privileged');
    });
  });
}

found('what a shell reads', 'run.sh', [
  `bash <<EOF\n${D}\nEOF`,
  `bash -s <<'EOF'\n${D}\nEOF`,
  `bash -s -- a b <<EOF\n${D}\nEOF`,
  `sudo -E bash -s <<EOF\n${D}\nEOF`,
  `cat <<EOF | sudo sh -x\n${D}\nEOF`,
  `bash <<< "${D}"`,
  `echo "${D}" | sh`,
  `echo ${D} | sudo bash`,
  `printf '%s\\n' "${D}" | bash`,
  `echo "${D}" | tee log | bash`,
  `echo "${D}" | cat | bash`,
  `su me <<EOF\n${D}\nEOF`,
  `newgrp docker <<EOF\n${D}\nEOF`,
  `echo "${D}" | at now`,
  `at now + 1 minute <<EOF\n${D}\nEOF`,
  `batch <<< "${D}"`,
  `(crontab -l; echo "0 0 * * * ${D}") | crontab -`,
  `crontab <<EOF\nMAILTO=me\n*/5 * * * * true\n@daily ${D}\nEOF`,
]);

found('what is evaluated', 'run.sh', [
  `eval "${D}"`,
  `eval ${D}`,
  `CMD="${D}"\neval "$CMD"`,
  `CMD="${D}"\nsh -c "$CMD"`,
  `CMD="${D}"\n$CMD`,
  `read -r -d '' CMD <<EOF\n${D}\nEOF\neval "$CMD"`,
  `run() { eval "$*"; }\nrun "${D}"`,
  `trap '${D}' EXIT`,
  `cleanup() { ${D}; }\ntrap cleanup EXIT INT`,
  `alias d='docker run --privileged -v /:/h'\nd img`,
]);

found('scripts that the script writes', 'run.sh', [
  `cat > run2.sh <<'EOF'\n${D}\nEOF\nbash run2.sh`,
  `cat > run2.sh <<'EOF'\n#!/bin/bash\n${D}\nEOF\nchmod +x run2.sh && ./run2.sh`,
  `cat <<'EOF' > /tmp/x.sh\n${D}\nEOF\nsh -x /tmp/x.sh arg`,
  `F=$(mktemp)\ncat > "$F" <<EOF\n${D}\nEOF\nbash "$F"`,
  `cat > sub/run2.sh <<'EOF'\n${D}\nEOF\ncd sub\n./run2.sh`,
  `cat > run2.sh <<'EOF'\n${D}\nEOF\nsource ./run2.sh`,
  `cat > run2.sh <<'EOF'\n${D}\nEOF\n. run2.sh`,
  `cat > run2.sh <<'EOF'\ndocker run $1 -v /:/h img\nEOF\nbash run2.sh --privileged`,
  `tee run2.sh <<EOF >/dev/null\n${D}\nEOF\nbash run2.sh`,
  `echo '${D}' > run2.sh\nbash run2.sh`,
  `printf '%s\\n' '${D}' > run2.sh; sh run2.sh`,
  `echo "#!/bin/sh" > a.sh\necho "${D}" >> a.sh\nchmod +x a.sh\n./a.sh`,
  `sudo tee /usr/local/bin/agent <<'EOF'\n#!/bin/sh\n${D}\nEOF\nsudo chmod +x /usr/local/bin/agent\nagent`,
]);

found('what other programs start', 'run.sh', [
  ...[
    'nohup',
    'setsid -f',
    'time -p',
    'timeout --foreground 10m',
    'stdbuf -oL',
    'nice -n 5',
    'ionice -c3',
    'env -i PATH=/bin',
    'doas',
    'pkexec',
    'gosu me',
    'flock /tmp/l',
    'xvfb-run -a',
    'dbus-run-session --',
    'systemd-run --user',
    'systemd-inhibit',
    'caffeinate -i',
    'unbuffer',
    'screen -dm',
    'watch',
    'tmux new-session -d',
    'xterm -e',
    'gnome-terminal --',
    'runuser -u me --',
    'ssh localhost',
    'ssh -t -i key me@host',
    'direnv exec .',
    'op run --env-file=.env --',
    'dotenv -e .env --',
    'npx -y dotenv-cli --',
    'mise exec node@22 --',
    'nix develop .#x -c',
    'poetry run',
    'uv run --with x',
    'conda run -n env',
    'gum spin --title x --',
    'wsl -d Ubuntu --',
    'cross-env A=1',
    'entr -r',
    'retry 3',
    'run_cmd',
    'parallel',
    'coproc',
    '!',
  ].map((wrapper) => `${wrapper} ${D}`),
  `script -qefc '${D}' log`,
  `su - me -c '${D}'`,
  `sg docker -c "${D}"`,
  `runuser -l me -c "${D}"`,
  `flock /tmp/l -c "${D}"`,
  `env -S "${D}"`,
  `tmux new -d '${D}'`,
  `nix-shell --run "${D}"`,
  `hyperfine "${D}"`,
  `concurrently "${D}" "true"`,
  `parallel -j2 "docker run --privileged -v /:/h {}" ::: a b`,
  'echo img | xargs docker run --privileged -v /:/h',
  "printf '%s\\n' a b | xargs -I{} docker run --privileged -v /:/h {}",
  "cat images | xargs -I{} sh -c 'docker run --privileged -v /:/h {}'",
  "find . -name '*.img' -exec docker run --privileged -v /:/h {} \\;",
  `find . -execdir sh -c '${D}' \\;`,
  `ssh host <<EOF\n${D}\nEOF`,
  `ssh me@host "${D}"`,
  `ssh host 'bash -s' <<EOF\n${D}\nEOF`,
  `run() { if [ "$DRY" = 1 ]; then echo "$@"; else "$@"; fi; }\nrun ${D}`,
  'd\\ocker run --privileged -v /:/h img',
  '"docker" \'run\' --privileged -v /:/h img',
]);

found('what an expansion runs', 'run.sh', [
  `x=$(${D})`,
  `x=\`${D}\``,
  `cat <(${D})`,
  `echo "$(${D})"`,
  `cat <<EOF\n$(${D})\nEOF`,
  `[[ $(${D}) == x ]]`,
  `for x in $(${D}); do :; done`,
  `mapfile -t A < <(${D})`,
]);

found('test files', 't.bats', [`@test "runs" {\n  run ${D}\n}`, `@test "runs" {\n  run -0 ${D}\n}`]);

found('makefiles', 'Makefile', [
  `run:\n\t${D}\n`,
  `X := $(shell ${D})\nall:\n\t@true\n`,
  `X != ${D}\nall:\n\t@true\n`,
  `run:\n\t@bash -c "${D}"\n`,
]);

found('justfiles', 'justfile', [`run:\n  #!/usr/bin/env bash\n  ${D}\n`, `x := \`${D}\`\nrun:\n  @true\n`]);

found('Dockerfiles', 'Dockerfile', [
  `FROM docker\nRUN ${D}\n`,
  `FROM docker\nRUN <<EOF\n${D}\nEOF\n`,
  `FROM docker\nRUN <<EOF bash\n${D}\nEOF\n`,
  `FROM docker\nRUN bash -e <<EOF\n${D}\nEOF\n`,
]);

found('packages', 'package.json', [
  `{"scripts": {"a": "${D}"}}`,
  `{"scripts": {"a": "cross-env X=1 ${D}"}}`,
  `{"scripts": {"a": "dotenv -e .env -- ${D}"}}`,
]);

found('workflows', '.github/workflows/a.yml', [
  `jobs:\n  a:\n    steps:\n      - run: |\n          ${D}\n`,
  `jobs:\n  a:\n    steps:\n      - uses: nick-fields/retry@v3\n        with:\n          command: ${D}\n`,
]);

describe('text that comes out of another command', () => {
  it.each([
    [`eval "$(cat <<EOF\n${D}\nEOF\n)"`, 'run.sh'],
    [`CMD=$(cat <<EOF\n${D}\nEOF\n)\nbash -c "$CMD"`, 'run.sh'],
    [`printf "${D}\\n" | bash -s`, 'run.sh'],
    [`define S\n${D}\nendef\nexport S\nrun:\n\t@eval "$$S"\n`, 'Makefile'],
  ])('is found where it is used: %s', (text, path) => {
    expect(places(path, text)).toHaveLength(1);
  });
});

describe('another machine', () => {
  it('has other files', () => {
    const { findings } = auditFile('run.sh', 'ssh me@host docker run -v ~/.ssh:/x img');
    const [finding] = findings.filter(({ rule }) => rule.id === 'credential-mount');
    expect(finding?.assumes).toEqual(['the path is one of the machine that `ssh me@host` names']);
  });
});

describe('what cannot be followed', () => {
  it.each([
    `python3 -c 'import os; os.system("${D}")'`,
    `python3 - <<EOF\nimport subprocess\nsubprocess.run("${D}", shell=True)\nEOF`,
    `perl -e 'system("${D}")'`,
    `awk 'BEGIN { system("${D}") }'`,
    `node -e 'require("child_process").execSync("${D}")'`,
    `ruby -e 'system("${D}")'`,
    `expect -c 'spawn ${D}; interact'`,
    `expect <<EOF\nspawn ${D}\nexpect eof\nEOF`,
    `osascript -e 'do shell script "${D}"'`,
    `powershell -c "${D}"`,
    `make -f - <<EOF\nall:\n\t${D}\nEOF`,
    `python3 -c 'import os; os.execvp("bwrap", ["bwrap", "--bind", "/", "/"])'`,
  ])('is said: %s', (text) => {
    const { findings, notes } = auditFile('run.sh', text);
    expect(findings).toEqual([]);
    expect(notes.map(({ severity }) => severity)).toEqual(['note']);
    expect(notes[0]?.message).toMatch(/docker|bwrap/);
  });

  it('is not said of what only prints or looks', () => {
    for (const text of [`python3 -c 'print("${D}")'`, `log_info ${D}`, `man ${D}`, 'git log docker run']) {
      expect(auditFile('run.sh', text).notes).toEqual([]);
    }
  });
});
