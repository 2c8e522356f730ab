// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
/** Text that names an engine and that nothing executes: no finding ever comes from it. */
import { describe, expect, it } from 'vitest';
import { auditFile } from '../../support/audit-file.ts';

const D = 'docker run --privileged -v /:/h img';
const B = 'bwrap --bind / / sh';

function silent(title: string, path: string, texts: readonly string[]): void {
  describe(title, () => {
    it.each(texts.map((text) => [text.replaceAll('\n', '⏎').slice(0, 120), text]))('%s', (_, text) => {
      const { formats, findings } = auditFile(path, text);
      expect(formats.filter((format) => format !== 'compose' && format !== 'devcontainer')).toEqual([]);
      const alarms = findings.filter(({ rule, severity }) => {
        return (
          severity === 'critical' ||
          /^(?:privileged-container|host-system-mount|allow-by-default)$/.test(rule.id)
        );
      });
      expect(alarms.map(({ rule, evidence }) => `${rule.id}: ${evidence}`)).toEqual([]);
    });
  });
}

silent('comments and here-documents', 'run.sh', [
  `# ${D}\n#${B}`,
  `x=1 # ${D}`,
  `cat <<EOF\n${D}\nEOF`,
  `cat <<-'EOF'\n\t${D}\n\tEOF`,
  `cat >&2 <<EOF\n${D}\nEOF`,
  `: <<'COMMENT'\n${D}\n${B}\nCOMMENT`,
  `true <<X\n${D}\nX`,
  `<<NOTE\n${D}\nNOTE`,
  `cat <<EOF | sed 's/^/  /'\n${D}\nEOF`,
  `cat <<< "${D}"`,
  `mail -s x me <<EOF\n${D}\nEOF`,
  `bash -n <<EOF\n${D}\nEOF`,
  `bash -o noexec <<EOF\n${D}\nEOF`,
  `shellcheck - <<EOF\n${D}\nEOF`,
  `python3 - <<'EOF'\nprint("${D}")\nEOF`,
  `read -r -d '' HELP <<EOF\n${D}\nEOF\necho "$HELP"`,
  `read -r -d '' HELP <<'EOF' || true\n${D}\nEOF\nprintf '%s' "$HELP"`,
]);

silent('what is printed', 'run.sh', [
  `echo "${D}"`,
  `echo ${D}`,
  `\\echo ${D}`,
  `env echo "${D}"`,
  `echo -e "usage:\\n  ${D}"`,
  `printf '%s\\n' "${D}" "${B}"`,
  `printf "run: ${D}\\n" >&2`,
  `usage() {\n  cat <<EOF\nUsage: $0\n  ${D}\nEOF\n}\nusage`,
  `usage() { echo "  ${D}"; exit 1; }\n[ $# -gt 0 ] || usage`,
  `logger "${D}"`,
  `say "now ${D}"`,
  `notify-send hint "${D}"`,
  `dialog --msgbox "${D}" 10 40`,
  `log() { echo "[$(date)] $*" >&2; }\nlog "$ ${D}"`,
  `log() { printf '%s\\n' "$@"; }\nlog ${D}`,
  `info "${D}"\nwarn '${B}'\ndie "use: ${D}"`,
  `log_info ${D}`,
  `echo "${D}" | tee log.txt`,
  `echo "${D}" | grep privileged | cat`,
  `read -p "run ${D}? " answer`,
  `select x in "${D}" quit; do break; done`,
  `git commit -m "Do not ${D}"`,
  `gh pr create --body "${D}"`,
  `curl -X POST -d '{"cmd":"${D}"}' http://x`,
  `echo docker run img | cat`,
]);

silent('what is looked at', 'run.sh', [
  `assert_equal "$output" "${D}"`,
  `[[ $cmd == "${D}" ]] && echo yes`,
  `[ "$cmd" = "${D}" ] || exit 1`,
  `case "$cmd" in\n  "${D}") echo no ;;\n  *"bwrap --bind / /"*) echo no;;\nesac`,
  `grep -q "${D}" README.md`,
  `grep -E 'docker run .*--privileged' -r .`,
  `sed -i 's|^docker run .*|${D}|' run.txt`,
  `awk '/docker run --privileged/ { print }' f`,
  `perl -ne 'print if /docker run --privileged/' f`,
  `jq '.cmd = "${D}"' f.json`,
  `ps aux | grep 'docker run --privileged'`,
  `pgrep -f "${D}"; pkill -f "${B}"`,
  `history | grep "${D}"`,
  `diff <(echo "${D}") expected.txt`,
  `command -v ${D}`,
  `type ${D}`,
  'type docker; which docker; hash docker',
  'man docker run; whatis docker run; apropos "docker run --privileged"',
  'docker help run --privileged; docker run --help; bwrap --help; bwrap --version',
  `complete -W "${D}" mycmd`,
]);

silent('what is kept', 'run.sh', [
  `CMD="${D}"\necho "$CMD"`,
  `CMD=(docker run --privileged img)\necho "\${CMD[@]}"\nprintf '%q ' "\${CMD[@]}"`,
  `declare -A HELP=([run]="${D}")\necho "\${HELP[run]}"`,
  `JSON='{"command": "${D}"}'\ncurl -d "$JSON" http://x`,
  `export PS1="${D}"`,
  `set -- ${D}\necho "$@"`,
  `: "${D}"`,
  `cat > README.md <<EOF\n# Use\n${D}\nEOF`,
  `cat > never.sh <<'EOF'\n#!/bin/bash\n${D}\nEOF\nchmod +x never.sh`,
  `cat > never.sh <<'EOF'\n${D}\nEOF\nbash other.sh`,
  `cat > tool.py <<'EOF'\n#!/usr/bin/env python3\nprint("${D}")\nEOF\n./tool.py`,
  `tee notes.txt <<EOF\n${D}\nEOF`,
  `sudo tee /etc/motd <<< "${D}"`,
  `echo "${D}" > notes.txt`,
  `echo '${D}' >> ~/.bash_history`,
  `echo "${D}" > run2.sh\necho "echo hi" > run2.sh\nbash run2.sh`,
]);

silent('what is never reached', 'run.sh', [
  `if false; then ${D}; fi`,
  `false && ${D}`,
  `true || ${D}`,
  `while false; do ${D}; done`,
  `exit 0\n${D}`,
  `f() { return 0; ${D}; }\nf`,
  `trap - EXIT # ${D}`,
]);

const LAUNCHERS = [
  'podman run --privileged img',
  'sudo nerdctl run -v /var/run/docker.sock:/s img',
  'docker compose exec --privileged app sh',
  'docker buildx build --allow security.insecure .',
  "sandbox-exec -p '(version 1)(allow default)' codex",
  'unshare --user --map-root-user codex',
  'sudo chroot /srv/agent codex',
  'sudo -u agent codex',
  'firejail codex',
  'systemd-run --user codex',
  'qemu-system-x86_64 -m 2G -hda disk.img',
];

describe('a launcher', () => {
  it.each(LAUNCHERS)('is found where it stands by itself: %s', (line) => {
    expect(auditFile('run.sh', line).formats.length).toBeGreaterThan(0);
  });
});

silent(
  'launchers of every kind',
  'run.sh',
  LAUNCHERS.flatMap((line) => {
    const quoted = line.replaceAll("'", '');
    return [
      `# ${line}`,
      `echo "${quoted}"`,
      `echo ${quoted.replace(/[()]/g, '')}`,
      `cat <<'EOF'\n${line}\nEOF`,
      `: <<'EOF'\n${line}\nEOF`,
      `CMD="${quoted}"\n[ "$CMD" = x ] && echo "$CMD"`,
      `if false; then\n${line}\nfi`,
      `printf '%s\\n' "${quoted}" > help.txt`,
    ];
  }),
);

silent('test files', 't.bats', [
  `@test "refuses ${D}" {\n  run grep x y\n  [ "$output" = "${D}" ]\n}`,
  `@test "help" { assert_output --partial "${D}"; }`,
]);

silent('makefiles', 'Makefile', [
  `help:\n\t@echo "${D}"\n`,
  `# ${D}\nall:\n\t@true # ${D}\n`,
  `define USAGE\n${D}\nendef\nexport USAGE\nhelp:\n\t@echo "$$USAGE"\n`,
  `$(info ${D})\nall:\n\t@true\n`,
  `ifeq ($(X),y)\n$(error use ${D})\nendif\nall:\n\t@printf '%s\\n' '${D}'\n`,
  `CMD := ${D}\nhelp:\n\t@echo "$(CMD)"\n`,
]);

silent('justfiles', 'justfile', [
  `# ${D}\nhelp:\n  @echo "${D}"\n`,
  `cmd := "${D}"\nhelp:\n  @echo {{cmd}}\n`,
]);

silent('Dockerfiles', 'Dockerfile', [
  `FROM node\n# ${D}\nRUN echo "${D}"\nLABEL help="${D}"\n`,
  `FROM node\nRUN echo "${D}" > /usr/local/share/help.txt\nENV HELP="${D}"\n`,
  `FROM node\nRUN <<EOF cat > /help.txt\n${D}\nEOF\n`,
  `FROM node\nRUN cat <<EOF > /help.txt\n${D}\nEOF\n`,
  `FROM node\nCOPY <<EOF /help.txt\n${D}\nEOF\n`,
  `FROM node\nRUN <<EOF\n#!/usr/bin/env python3\nprint("${D}")\nEOF\n`,
]);

silent('packages', 'package.json', [
  `{"description": "${D}", "keywords": ["${D}"], "scripts": {"help": "echo '${D}'"}}`,
  `{"config": {"cmd": "${D}"}, "scripts": {}}`,
]);

silent('workflows', '.github/workflows/a.yml', [
  `name: ${D}\njobs:\n  a:\n    name: "${D}"\n    steps:\n      - name: ${D}\n        run: echo "${D}"\n`,
  `jobs:\n  a:\n    steps:\n      - uses: x/y@v1\n        with:\n          text: |\n            ${D}\n        env:\n          HELP: ${D}\n`,
  `# ${D}\njobs:\n  a:\n    steps:\n      - run: |\n          # ${D}\n          true\n`,
  `jobs:\n  a:\n    steps:\n      - shell: python\n        run: |\n          print("${D}")\n`,
]);

silent('compose files', 'compose.yml', [
  `# ${D}\nservices:\n  a:\n    image: node:22\n    labels: ["help=${D}"]\n    command: echo "${D}"\n`,
]);

silent('devcontainers', '.devcontainer/devcontainer.json', [
  `{"image": "node:22", "postCreateCommand": "echo '${D}'", "customizations": {"x": "${D}"}}`,
]);

silent('documentation', 'notes.md', [`\`\`\`sh\n${D}\n${B}\n\`\`\``]);
