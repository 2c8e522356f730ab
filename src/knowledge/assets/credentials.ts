/** Files that hold credentials. Reading is enough: a read-only mount changes nothing. */
import { AGENT_TRANSCRIPTS } from './agent-records.ts';
import { type AssetRow, credential, ownedBy } from './row.ts';
import { CLOUDS, CLUSTERS_AND_REGISTRIES } from './service-credentials.ts';
import { VAULTS } from './vaults.ts';

const ACCESS: readonly AssetRow[] = [
  credential({
    id: 'ssh-keys',
    title: 'ssh keys',
    outcome: 'credential:ssh',
    lets: 'log in to your servers and push to your repositories',
    paths: ['~/.ssh/', '~/.ssh/id_ed25519', '~/.ssh/id_rsa', '~/.ssh/id_ecdsa'],
    except: [
      '~/.ssh/known_hosts',
      '~/.ssh/known_hosts.old',
      '~/.ssh/config',
      '~/.ssh/authorized_keys',
      '~/.ssh/agent',
      '~/.ssh/agent.sock',
      '*.pub',
    ],
    reason: 'Private keys without a passphrase work at once, others after guessing it offline.',
    reference: 'https://man.openbsd.org/ssh.1#FILES',
  }),
  credential({
    id: 'ssh-hosts',
    title: 'names of the hosts that you log in to',
    outcome: 'identity:ssh',
    lets: 'learn which servers you log in to',
    paths: ['~/.ssh/known_hosts', '~/.ssh/config'],
    reason: 'Names and addresses, no keys.',
    reference: 'https://man.openbsd.org/ssh.1#FILES',
  }),
  credential({
    id: 'git-identity',
    title: 'the git configuration',
    outcome: 'identity:git',
    lets: 'learn your name and address',
    paths: ['~/.gitconfig', '~/.config/git/config'],
    reason: 'Name and address, seldom a token in a rewritten URL.',
    reference: 'https://git-scm.com/docs/git-config',
  }),
  credential({
    id: 'git-credentials',
    title: 'stored git passwords',
    outcome: 'credential:git',
    lets: 'push to your repositories',
    paths: ['~/.git-credentials', '~/.config/git/credentials', '~/.netrc', '~/_netrc', '~/.authinfo'],
    reason: 'Passwords and tokens stand there in clear text.',
    reference: 'https://git-scm.com/docs/git-credential-store',
  }),
  credential({
    id: 'forge-cli',
    title: 'tokens of the command lines of GitHub and GitLab',
    outcome: 'credential:git',
    lets: 'write to your repositories, their workflows included',
    paths: [
      '~/.config/gh/',
      '~/.config/gh/hosts.yml',
      '~/.config/glab-cli/',
      '~/.config/hub',
      '~/.config/tea/',
    ],
    reason: 'The token is in the file wherever no keyring is used.',
    reference: 'https://cli.github.com/manual/gh_auth_login',
  }),
  credential({
    id: 'gnupg-keys',
    title: 'GnuPG private keys',
    outcome: 'credential:gpg',
    lets: 'sign and decrypt as you',
    paths: ['~/.gnupg/', '~/.gnupg/private-keys-v1.d/'],
    except: ['*S.gpg-agent', '*S.gpg-agent.ssh', '*S.gpg-agent.extra', '~/.gnupg/pubring.kbx'],
    reason: 'Private keys, protected by the passphrase alone.',
    reference: 'https://www.gnupg.org/documentation/manuals/gnupg/Agent-Configuration.html',
  }),
];

/** State of coding agents: their logins, and transcripts of every project. */
const AGENTS: readonly AssetRow[] = [
  credential({
    id: 'agent-logins',
    title: 'logins and transcripts of coding agents',
    outcome: 'credential:agent',
    lets: 'use your agent accounts and read what agents saw in other projects',
    paths: [
      ...[
        '~/.claude/',
        '~/.claude.json',
        '~/.claude/.credentials.json',
        '~/.config/claude/',
        '~/.codex/',
        '~/.codex/auth.json',
      ],
      ...[
        '~/.gemini/',
        '~/.qwen/',
        '~/.local/share/opencode/',
        '~/.config/opencode/',
        '~/.pi/',
        '~/.pi/agent/auth.json',
        '~/.config/goose/',
        '~/.local/share/goose/',
      ],
      ...[
        '~/.cursor/',
        '~/.config/Cursor/',
        '~/.config/cursor/',
        '~/.continue/',
        '~/.cline/',
        '~/.copilot/',
        '~/.config/github-copilot/',
      ],
      ...[
        '~/.config/amp/',
        '~/.local/share/amp/',
        '~/.config/crush/',
        '~/.local/share/crush/',
        '~/.openhands/',
      ],
      ...[
        '~/.aider.conf.yml',
        '~/.codeium/',
        '~/.factory/',
        '~/.kiro/',
        '~/Library/Application Support/Claude/',
      ],
    ],
    except: [
      ...AGENT_TRANSCRIPTS,
      '~/.claude/CLAUDE.md',
      '~/.claude/commands',
      '~/.claude/agents',
      '~/.claude/skills',
      '~/.codex/AGENTS.md',
      '~/.codex/prompts',
      '~/.gemini/GEMINI.md',
    ],
    reason: 'Tokens of the account lie beside the settings, and transcripts of all projects with them.',
    reference: 'https://docs.anthropic.com/en/docs/claude-code/iam',
  }),
  credential({
    id: 'agent-transcripts',
    title: 'transcripts of coding agents',
    outcome: 'vault:transcripts',
    lets: 'read what agents saw and were told in other projects, pasted secrets included',
    paths: AGENT_TRANSCRIPTS,
    reason: 'Agents record every prompt, file and output of a session in plain text.',
    reference: 'https://docs.anthropic.com/en/docs/claude-code/data-usage',
  }),
];

export const CREDENTIALS = ownedBy('credential-mount', [
  ...ACCESS,
  ...CLOUDS,
  ...CLUSTERS_AND_REGISTRIES,
  ...AGENTS,
  ...VAULTS,
]);
