/** Coding agents: by which words in a definition one tells that an agent is installed or started. */
import { wordSet } from './word-set.ts';

export interface AgentRow {
  /** Name used across the model: `claude`. */
  readonly name: string;
  readonly title: string;
  /** Commands, the last part of a path counts; `goose run` where the first word alone is another program too. */
  readonly commands: readonly string[];
  /** Packages of npm and PyPI. */
  readonly packages: readonly string[];
  /** Last segments of Features, and repositories of images without registry. */
  readonly images: readonly string[];
  /** Visual Studio Code extension ids, lower case. */
  readonly extensions: readonly string[];
  /** Beginnings of addresses of install scripts, without scheme. */
  readonly installers: readonly string[];
  /** Variables that hold the key of its own model; `secrets` says more of each. */
  readonly keys: readonly string[];
  /** Those of them that nothing but this agent reads. */
  readonly ownKeys: readonly string[];
  /** Its own configuration below the home directory. */
  readonly directories: readonly string[];
  readonly reason: string;
  readonly reference: string;
}

type Signs = Partial<Omit<AgentRow, 'name' | 'title' | 'reason' | 'reference'>>;

const agent = (name: string, title: string, reference: string, signs: Signs): AgentRow => ({
  name,
  title,
  commands: [],
  packages: [],
  images: [],
  extensions: [],
  installers: [],
  keys: [],
  ownKeys: [],
  directories: [],
  ...signs,
  reason: `${title} runs commands that a model wrote.`,
  reference,
});

const COMMON_KEYS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'OPENROUTER_API_KEY'] as const;

export const AGENTS: readonly AgentRow[] = [
  agent('claude', 'Claude Code', 'https://docs.anthropic.com/en/docs/claude-code/setup', {
    commands: ['claude'],
    packages: ['@anthropic-ai/claude-code', '@anthropic-ai/claude-agent-sdk', 'claude-agent-sdk'],
    images: ['claude-code', 'anthropics/claude-code'],
    extensions: ['anthropic.claude-code'],
    installers: ['claude.ai/install'],
    keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_API_KEY'],
    ownKeys: ['CLAUDE_CODE_OAUTH_TOKEN'],
    directories: ['~/.claude', '~/.claude.json', '~/.config/claude'],
  }),
  agent('codex', 'Codex', 'https://github.com/openai/codex', {
    commands: ['codex'],
    packages: ['@openai/codex', '@openai/codex-sdk'],
    images: ['codex', 'codex-universal', 'openai/codex-universal'],
    extensions: ['openai.chatgpt'],
    keys: ['OPENAI_API_KEY', 'CODEX_API_KEY'],
    ownKeys: ['CODEX_API_KEY'],
    directories: ['~/.codex'],
  }),
  agent('gemini', 'Gemini CLI', 'https://github.com/google-gemini/gemini-cli', {
    commands: ['gemini'],
    packages: ['@google/gemini-cli', '@google/gemini-cli-core'],
    images: ['gemini-cli', 'gemini-code-dev/gemini-cli/sandbox'],
    extensions: ['google.geminicodeassist', 'google.gemini-cli-vscode-ide-companion'],
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    directories: ['~/.gemini'],
  }),
  agent('qwen', 'Qwen Code', 'https://github.com/QwenLM/qwen-code', {
    commands: ['qwen'],
    packages: ['@qwen-code/qwen-code'],
    images: ['qwen-code', 'qwenlm/qwen-code'],
    keys: ['DASHSCOPE_API_KEY', 'QWEN_API_KEY', 'OPENAI_API_KEY'],
    directories: ['~/.qwen'],
  }),
  agent('opencode', 'opencode', 'https://opencode.ai/docs/', {
    commands: ['opencode'],
    packages: ['opencode-ai'],
    images: ['opencode', 'sst/opencode', 'anomalyco/opencode'],
    extensions: ['sst-dev.opencode'],
    installers: ['opencode.ai/install'],
    keys: COMMON_KEYS,
    directories: ['~/.config/opencode', '~/.local/share/opencode'],
  }),
  agent('aider', 'aider', 'https://aider.chat/docs/install.html', {
    commands: ['aider'],
    packages: ['aider-chat', 'aider-install'],
    images: ['paulgauthier/aider', 'paulgauthier/aider-full', 'aider'],
    installers: ['aider.chat/install'],
    keys: COMMON_KEYS,
    directories: ['~/.aider.conf.yml', '~/.aider'],
  }),
  agent('goose', 'goose', 'https://block.github.io/goose/docs/getting-started/installation', {
    // `goose up` and the like belong to a tool for database migrations.
    commands: ['goose session', 'goose run', 'goose configure', 'goose web', 'goosed'],
    images: ['block/goose'],
    installers: ['github.com/block/goose/releases'],
    keys: COMMON_KEYS,
    directories: ['~/.config/goose', '~/.local/share/goose'],
  }),
  agent('cursor-agent', 'Cursor CLI', 'https://docs.cursor.com/en/cli/overview', {
    commands: ['cursor-agent'],
    images: ['cursor-agent', 'cursor-cli'],
    installers: ['cursor.com/install'],
    keys: ['CURSOR_API_KEY'],
    ownKeys: ['CURSOR_API_KEY'],
    directories: ['~/.cursor', '~/.config/cursor'],
  }),
  agent(
    'copilot',
    'GitHub Copilot',
    'https://docs.github.com/en/copilot/how-tos/set-up/install-copilot-cli',
    {
      // The command `copilot` alone is also that of a tool for Amazon ECS.
      commands: ['copilot --allow-all-tools', 'copilot -p', 'copilot --prompt'],
      packages: ['@github/copilot'],
      images: ['copilot-cli'],
      extensions: ['github.copilot', 'github.copilot-chat'],
      installers: ['gh.io/copilot-install'],
      keys: ['COPILOT_GITHUB_TOKEN'],
      ownKeys: ['COPILOT_GITHUB_TOKEN'],
      directories: ['~/.copilot', '~/.config/github-copilot'],
    },
  ),
  agent('amp', 'Amp', 'https://ampcode.com/manual', {
    commands: ['amp'],
    packages: ['@sourcegraph/amp'],
    extensions: ['sourcegraph.amp'],
    installers: ['ampcode.com/install'],
    keys: ['AMP_API_KEY'],
    ownKeys: ['AMP_API_KEY'],
    directories: ['~/.config/amp', '~/.local/share/amp'],
  }),
  agent('openhands', 'OpenHands', 'https://docs.all-hands.dev/', {
    commands: ['openhands'],
    packages: ['openhands-ai', 'openhands'],
    images: [
      'all-hands-ai/openhands',
      'all-hands-ai/runtime',
      'openhands/openhands',
      'openhands/agent-server',
    ],
    keys: ['LLM_API_KEY', ...COMMON_KEYS],
    directories: ['~/.openhands', '~/.openhands-state'],
  }),
  agent('continue', 'Continue', 'https://docs.continue.dev/', {
    commands: ['cn'],
    packages: ['@continuedev/cli'],
    extensions: ['continue.continue'],
    keys: ['CONTINUE_API_KEY', ...COMMON_KEYS],
    directories: ['~/.continue'],
  }),
  agent('cline', 'Cline', 'https://docs.cline.bot/', {
    commands: ['cline'],
    packages: ['cline'],
    extensions: ['saoudrizwan.claude-dev'],
    keys: ['CLINE_API_KEY', ...COMMON_KEYS],
    directories: ['~/.cline'],
  }),
  agent('roo', 'Roo Code', 'https://docs.roocode.com/', {
    packages: ['@roo-code/cli'],
    extensions: ['rooveterinaryinc.roo-cline'],
    keys: COMMON_KEYS,
    directories: ['~/.roo'],
  }),
  agent('kilo', 'Kilo Code', 'https://kilo.ai/docs', {
    commands: ['kilocode'],
    packages: ['@kilocode/cli'],
    extensions: ['kilocode.kilo-code'],
    keys: COMMON_KEYS,
    directories: ['~/.kilocode'],
  }),
  agent('crush', 'Crush', 'https://github.com/charmbracelet/crush', {
    commands: ['crush'],
    packages: ['@charmland/crush'],
    images: ['charmbracelet/crush'],
    keys: COMMON_KEYS,
    directories: ['~/.config/crush', '~/.local/share/crush'],
  }),
  agent('swe-agent', 'SWE-agent', 'https://swe-agent.com/latest/', {
    commands: ['sweagent', 'mini-swe-agent'],
    packages: ['sweagent', 'mini-swe-agent'],
    images: ['sweagent/swe-agent'],
    keys: COMMON_KEYS,
    directories: ['~/.config/mini-swe-agent'],
  }),
  agent('droid', 'Factory droid', 'https://docs.factory.ai/', {
    commands: ['droid exec'],
    installers: ['app.factory.ai/cli'],
    keys: ['FACTORY_API_KEY'],
    ownKeys: ['FACTORY_API_KEY'],
    directories: ['~/.factory'],
  }),
];

const BY_NAME = new Map(AGENTS.map((row) => [row.name, row]));

/** The row of an agent by its name, or null. */
export function agentRow(name: string): AgentRow | null {
  return BY_NAME.get(name) ?? null;
}

const index = (words: (row: AgentRow) => readonly string[]): ReadonlyMap<string, string> =>
  new Map(AGENTS.flatMap((row) => words(row).map((word) => [word, row.name] as const)));

const COMMANDS = index((row) => row.commands);
const PACKAGES = index((row) => row.packages);
const IMAGES = index((row) => row.images);
const EXTENSIONS = index((row) => row.extensions);

/** Words after which a command begins, as after a separator. */
const PREFIXES = wordSet(`
  sudo exec env nohup time then do else if npx bunx uvx dlx gosu tini dumb-init -- -c -lc -ic -y --yes
`);

const LONGEST_TEXT = 100_000;
/** Separators of commands are tokens of their own; quotes and brackets only part words. */
const TOKEN = /&&|\|\||[;|&\n]|[^\s"'`,;|&()[\]{}<>]{1,400}/g;
const SEPARATOR = /^(?:&&|\|\||[;|&\n])$/;

/**
 * Names of the agents that a text shows: a shell command, an image, a Feature, an extension id, a package.
 * Words are compared whole, and commands only where a command can stand: "claude" in prose is no agent.
 */
export function agentsIn(text: string): readonly string[] {
  const found = new Set<string>();
  const tokens = text.slice(0, LONGEST_TEXT).match(TOKEN) ?? [];
  let startsCommand = true;
  for (const [at, token] of tokens.entries()) {
    if (SEPARATOR.test(token)) {
      startsCommand = true;
      continue;
    }
    const name = agentOfWord(token) ?? (startsCommand ? agentOfCommand(token, tokens[at + 1]) : null);
    if (name !== null) found.add(name);
    startsCommand = PREFIXES.has(token) || (startsCommand && isBeforeCommand(token, tokens[at - 1]));
  }
  return [...found];
}

/** `VARIABLE=value`, the flags of `sudo` and the user after `-u` stand before the command. */
function isBeforeCommand(token: string, previous: string | undefined): boolean {
  return token.startsWith('-') || /^\w{1,100}=/.test(token) || previous === '-u' || previous === '--user';
}

function agentOfCommand(token: string, next: string | undefined): string | null {
  // `./claude-config:/claude` is a mount.
  if (token.includes(':')) return null;
  const command = token.slice(token.lastIndexOf('/') + 1);
  return COMMANDS.get(command) ?? COMMANDS.get(`${command} ${next ?? ''}`) ?? null;
}

/** Packages, extensions, images and installers are told from other words wherever they stand. */
function agentOfWord(token: string): string | null {
  const word = token.toLowerCase();
  const unversioned = word.replace(/(?<=.)(?:@|==|>=|~=)[^/]*$/, '').replace(/\[[^\]]*\]$/, '');
  const known = PACKAGES.get(unversioned) ?? EXTENSIONS.get(unversioned);
  if (known !== undefined && isDistinct(unversioned)) return known;
  return word.includes('/') ? (agentOfImage(unversioned) ?? agentOfInstaller(word)) : null;
}

/** A package that is called like an ordinary word does not count alone. */
function isDistinct(word: string): boolean {
  return /[^a-z]/.test(word);
}

function agentOfImage(word: string): string | null {
  if (word.startsWith('/') || word.startsWith('~') || word.startsWith('.') || word.includes('://'))
    return null;
  const bare = word.replace(/:[\w.-]*$/, '');
  const segments = bare.split('/');
  for (let from = 0; from < segments.length; from++) {
    const rest = segments.slice(from).join('/');
    const isWhole = from > 0 && (segments[0]?.includes('.') ?? false);
    const name = IMAGES.get(rest);
    if (name !== undefined && (rest.includes('/') || isWhole)) return name;
  }
  return null;
}

function agentOfInstaller(word: string): string | null {
  const bare = word.replace(/^https?:\/\/(?:www\.)?/, '');
  return AGENTS.find((row) => row.installers.some((installer) => bare.startsWith(installer)))?.name ?? null;
}
