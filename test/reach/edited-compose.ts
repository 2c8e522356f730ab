/** The text of a generated compose file after a change, made as its reader would make it by hand. */
import type { Change, HardenedSetting } from '../../src/model/change.ts';

/** Keys of the service `agent` that make a setting; null: no line of a compose file does. */
const LINES: Readonly<Record<HardenedSetting, readonly string[] | null>> = {
  'memory-limit': ['mem_limit: 4g'],
  'cpu-limit': ['cpus: 2'],
  'process-limit': ['pids_limit: 512'],
  'drop-capabilities': ['cap_drop:', '- ALL'],
  'no-new-privileges': ['security_opt:', '- no-new-privileges:true'],
  'ordinary-user': ['user: "1000"'],
  'read-only-root': ['read_only: true'],
  'network-allow-list': ['networks:', '- inside', 'environment:', '- HTTPS_PROXY=http://proxy:3128'],
  'removed-after-use': null,
  'empty-environment': null,
  'own-processes': null,
  'own-session': null,
};

/** Where `network-allow-list` sends the service: to a proxy, and through it alone to the outside. */
const PROXY = `  proxy:
    image: ubuntu/squid:6.6
    networks: [inside, outside]
networks:
  inside:
    internal: true
  outside: {}
`;

/** Null when a change is no edit of this file. */
export function editedCompose(text: string, changes: readonly Change[]): string | null {
  const cut = changes.flatMap((change) => (change.kind === 'remove' ? [change.place.span.start] : []));
  let lines = text.split('\n');
  const gone = new Set(cut.map((offset) => text.slice(0, offset).split('\n').length - 1));
  lines = withoutEmptyKeys(lines.filter((_, index) => !gone.has(index)));
  for (const change of changes) {
    if (change.kind === 'remove') continue;
    const added = LINES[change.setting];
    if (added === null) return null;
    if (change.setting === 'network-allow-list') {
      lines = lines.filter((line) => !line.startsWith('    network_mode:'));
    }
    lines = merged(lines, added);
    if (change.setting === 'network-allow-list')
      lines = [...lines.filter((line) => line !== ''), ...PROXY.split('\n')];
  }
  return lines.join('\n');
}

/** A key whose last item went goes too. */
function withoutEmptyKeys(lines: readonly string[]): string[] {
  return lines.filter((line, index) => {
    const isHeader = /^ {4}\w+:$/.test(line);
    return !isHeader || /^ {6}- /.test(lines[index + 1] ?? '');
  });
}

/** A list grows where it stands; a single key replaces the one of its name. */
function merged(lines: readonly string[], added: readonly string[]): string[] {
  let result = [...lines];
  let header = '';
  for (const line of added) {
    if (line.startsWith('- ')) {
      const at = result.indexOf(`    ${header}`);
      result.splice(at + 1, 0, `      ${line}`);
      continue;
    }
    header = line;
    const key = line.slice(0, line.indexOf(':') + 1);
    const isThere = result.some((one) => one.startsWith(`    ${key}`));
    if (line.endsWith(':') && isThere) continue;
    result = result.filter((one) => !one.startsWith(`    ${key}`));
    result.splice(result.indexOf('  agent:') + 1, 0, `    ${line}`);
  }
  return result;
}
