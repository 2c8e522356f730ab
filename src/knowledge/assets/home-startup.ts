/**
 * Files below the home directory whose change runs code on the host: at the next shell, login, git command,
 * build, or start of an agent. Reading them is another table's business.
 */
import type { AssetPath } from '../asset.ts';
import { AGENT_RECORDS } from './agent-records.ts';
import { type AssetRow, gain, ownedBy } from './row.ts';

interface StartUp {
  readonly id: string;
  readonly title: string;
  readonly paths: readonly AssetPath[];
  readonly except?: readonly AssetPath[];
  /** When the host runs it, as a clause: `your next shell`. */
  readonly when: string;
  readonly reason: string;
  readonly reference: string;
}

const startUp = ({ when, ...row }: StartUp): AssetRow => ({
  ...row,
  write: gain('home-write', 'next', `plant commands that ${when} runs as you`),
});

export const HOME_STARTUP = ownedBy('writable-home', [
  startUp({
    id: 'shell-startup',
    title: 'shell start-up files',
    paths: [
      ...['~/.bashrc', '~/.bash_profile', '~/.bash_login', '~/.bash_logout', '~/.bash_aliases', '~/.profile'],
      ...[
        '~/.zshrc',
        '~/.zshenv',
        '~/.zprofile',
        '~/.zlogin',
        '~/.kshrc',
        '~/.cshrc',
        '~/.tcshrc',
        '~/.login',
      ],
      ...['~/.inputrc', '~/.pam_environment', '~/.oh-my-zsh/', '~/.config/fish/', '~/.config/zsh/'],
      ...[
        '~/.config/starship.toml',
        '~/.envrc',
        '~/.config/direnv/',
        '~/.config/nushell/',
        '~/.config/powershell/',
      ],
    ],
    when: 'your next shell',
    reason: 'Shells execute them at start or login.',
    reference: 'https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html',
  }),
  startUp({
    id: 'command-directories',
    title: 'directories of your own commands',
    paths: [
      ...[
        '~/bin/',
        '~/.local/bin/',
        '~/.cargo/bin/',
        '~/go/bin/',
        '~/.npm-global/',
        '~/.bun/bin/',
        '~/.deno/bin/',
        '~/.opencode/bin/',
      ],
      ...['~/.pyenv/', '~/.rbenv/', '~/.nvm/', '~/.asdf/', '~/.local/share/mise/', '~/.volta/', '~/.sdkman/'],
      ...['~/.local/lib/', '~/.local/share/uv/', '~/.local/pipx/', '~/.krew/', '~/.rustup/'],
    ],
    when: 'your next command of that name',
    reason: 'They stand on the search path, most often before those of the system.',
    reference: 'https://specifications.freedesktop.org/basedir-spec/latest/',
  }),
  startUp({
    id: 'git-configuration',
    title: 'the git configuration',
    paths: ['~/.gitconfig', '~/.config/git/', '~/.git-templates/'],
    except: ['~/.config/git/credentials', '~/.config/git/ignore'],
    when: 'your next git command',
    reason: 'core.sshCommand, core.fsmonitor, core.hooksPath, aliases and credential helpers are commands.',
    reference: 'https://git-scm.com/docs/git-config',
  }),
  startUp({
    id: 'ssh-configuration',
    title: 'the ssh configuration and authorized keys',
    paths: ['~/.ssh/', '~/.ssh/authorized_keys', '~/.ssh/config', '~/.ssh/rc'],
    except: ['~/.ssh/known_hosts', '*.pub', '~/.ssh/agent', '~/.ssh/agent.sock'],
    when: 'your next ssh connection',
    reason: 'An authorized key logs in, and ProxyCommand or Match exec is a command.',
    reference: 'https://man.openbsd.org/ssh_config.5',
  }),
  startUp({
    id: 'user-services',
    title: 'services, timers and programs that start with your session',
    paths: [
      ...[
        '~/.config/systemd/',
        '~/.local/share/systemd/',
        '~/.config/autostart/',
        '~/.config/environment.d/',
      ],
      ...[
        '~/.local/share/applications/',
        '~/.local/share/dbus-1/',
        '~/.xinitrc',
        '~/.xsession',
        '~/.xprofile',
      ],
      ...[
        '~/.config/sway/',
        '~/.config/i3/',
        '~/.config/hypr/',
        '~/Library/LaunchAgents/',
        '~/.config/plasma-workspace/',
      ],
      '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/',
    ],
    when: 'your next login',
    reason: 'The session starts what it finds there.',
    reference: 'https://specifications.freedesktop.org/autostart-spec/latest/',
  }),
  startUp({
    id: 'agent-settings',
    title: 'settings of coding agents',
    paths: [
      ...['~/.claude/', '~/.claude.json', '~/.codex/', '~/.gemini/', '~/.qwen/', '~/.config/opencode/'],
      ...['~/.pi/', '~/.config/goose/', '~/.cursor/', '~/.continue/', '~/.cline/', '~/.copilot/'],
      ...[
        '~/.config/github-copilot/',
        '~/.config/amp/',
        '~/.config/crush/',
        '~/.openhands/',
        '~/.aider.conf.yml',
      ],
      ...['~/.codeium/', '~/.windsurf/', '~/.agents/', '~/.config/claude/', '~/.kiro/', '~/.factory/'],
    ],
    except: AGENT_RECORDS,
    when: 'the next agent on the host',
    reason:
      'Hooks, tool servers, plugins and instructions there are run or obeyed by agents outside the sandbox.',
    reference: 'https://docs.anthropic.com/en/docs/claude-code/hooks',
  }),
  startUp({
    id: 'editor-settings',
    title: 'settings and extensions of editors',
    paths: [
      ...['~/.vscode/', '~/.vscode-server/', '~/.vscode-insiders/', '~/.config/Code/', '~/.cursor-server/'],
      ...[
        '~/.vim/',
        '~/.vimrc',
        '~/.config/nvim/',
        '~/.local/share/nvim/',
        '~/.emacs',
        '~/.emacs.d/',
        '~/.config/emacs/',
      ],
      ...[
        '~/.config/zed/',
        '~/.config/JetBrains/',
        '~/.config/sublime-text/',
        '~/.config/helix/',
        '~/.nanorc',
      ],
      '~/Library/Application Support/Code/',
    ],
    when: 'the next start of your editor',
    reason: 'Editors execute their settings or extensions.',
    reference: 'https://code.visualstudio.com/docs/configure/extensions/extension-runtime-security',
  }),
  startUp({
    id: 'container-plugins',
    title: 'plugins and contexts of container tools',
    paths: ['~/.docker/', '~/.docker/config.json', '~/.docker/cli-plugins/', '~/.config/containers/'],
    except: ['~/.docker/run', '~/.docker/desktop'],
    when: 'your next docker or podman command',
    reason: 'Files in cli-plugins and credential helpers are executed by the client.',
    reference: 'https://github.com/docker/cli/tree/master/cli-plugins',
  }),
  startUp({
    id: 'build-tool-settings',
    title: 'settings of package managers and build tools',
    paths: [
      ...[
        '~/.npmrc',
        '~/.yarnrc',
        '~/.yarnrc.yml',
        '~/.bunfig.toml',
        '~/.config/pnpm/',
        '~/.config/pip/',
        '~/.pip/',
      ],
      ...[
        '~/.pydistutils.cfg',
        '~/.cargo/config.toml',
        '~/.cargo/config',
        '~/.cargo/env',
        '~/.gradle/init.d/',
      ],
      ...[
        '~/.gradle/init.gradle',
        '~/.gradle/gradle.properties',
        '~/.gradle/',
        '~/.m2/settings.xml',
        '~/.m2/',
      ],
      ...[
        '~/.mavenrc',
        '~/.sbt/',
        '~/.gemrc',
        '~/.bundle/',
        '~/.config/go/',
        '~/.makerc',
        '~/.bazelrc',
        '~/.Rprofile',
      ],
      ...[
        '~/.pythonrc',
        '~/.config/python/',
        '~/.irbrc',
        '~/.pryrc',
        '~/.gdbinit',
        '~/.lldbinit',
        '~/.condarc',
      ],
      ...[
        '~/.config/composer/',
        '~/.composer/',
        '~/.nuget/NuGet/',
        '~/.config/uv/',
        '~/.config/nix/',
        '~/.nixpkgs/',
      ],
    ],
    except: ['~/.m2/repository', '~/.gradle/caches', '~/.gradle/wrapper', '~/.composer/cache'],
    when: 'your next build or install',
    reason: 'Registries, wrappers, init scripts and plugins that they name are executed by the tool.',
    reference: 'https://doc.rust-lang.org/cargo/reference/config.html',
  }),
  startUp({
    id: 'cloud-tool-settings',
    title: 'settings of cloud and cluster tools',
    paths: [
      ...[
        '~/.aws/',
        '~/.aws/config',
        '~/.kube/',
        '~/.kube/config',
        '~/.azure/',
        '~/.config/gcloud/',
        '~/.terraformrc',
      ],
      ...[
        '~/.terraform.d/',
        '~/.config/gh/',
        '~/.config/helm/',
        '~/.local/share/helm/',
        '~/.config/k9s/',
        '~/.pulumi/',
      ],
    ],
    when: 'your next command of that tool',
    reason: 'Credential processes, exec plugins and aliases there are commands.',
    reference:
      'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins',
  }),
  startUp({
    id: 'terminal-settings',
    title: 'settings of terminals and multiplexers',
    paths: [
      ...[
        '~/.tmux.conf',
        '~/.config/tmux/',
        '~/.tmux/',
        '~/.screenrc',
        '~/.config/kitty/',
        '~/.config/alacritty/',
      ],
      ...[
        '~/.wezterm.lua',
        '~/.config/wezterm/',
        '~/.config/ghostty/',
        '~/.hushlogin',
        '~/.lesskey',
        '~/.lessfilter',
      ],
    ],
    when: 'your next terminal',
    reason: 'They name programs to start, or are programs themselves.',
    reference: 'https://man7.org/linux/man-pages/man1/tmux.1.html',
  }),
  startUp({
    id: 'gnupg-settings',
    title: 'settings of GnuPG',
    paths: ['~/.gnupg/', '~/.gnupg/gpg-agent.conf', '~/.gnupg/gpg.conf'],
    except: ['*S.gpg-agent', '*S.gpg-agent.ssh', '*S.gpg-agent.extra'],
    when: 'your next signature',
    reason: 'pinentry-program and other options name programs.',
    reference: 'https://www.gnupg.org/documentation/manuals/gnupg/Agent-Options.html',
  }),
  startUp({
    id: 'browser-profile-write',
    title: 'browser profiles',
    paths: ['~/.mozilla/', '~/.config/google-chrome/', '~/.config/chromium/', '~/.config/BraveSoftware/'],
    when: 'the next start of your browser',
    reason: 'Extensions and native messaging hosts there run with the browser.',
    reference: 'https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging',
  }),
]);
