/**
 * What the profiles and includes that come with firejail say, as far as it bears on anything worth having: read
 * in 0.9.72 (Debian 12) and at 19550fa, and only what both say (netblue30/firejail, etc/).
 */

/** Lines of a profile, as firejail-profile(5) writes them. */
type Lines = readonly string[];

const inHome = (setting: string, names: string): Lines =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${setting} \${HOME}/${name}`);

const each = (setting: string, paths: string): Lines =>
  paths
    .trim()
    .split(/\s+/)
    .map((path) => `${setting} ${path}`);

/**
 * etc/inc/disable-common.inc: keys, start-up files, and what runs by itself. The other names of Docker's
 * socket are those by which it is handed into containers; a host has none of them.
 */
const DISABLE_COMMON: Lines = [
  ...inHome(
    'blacklist',
    `.ssh .gnupg .pki .cert .netrc .git-credentials .git-credential-cache .config/hub .smbcredentials .aws .boto
    .kube .config/gcloud .s3cmd .passwd-s3fs .password-store .cargo/credentials .cargo/credentials.toml
    .local/share/keyrings .local/share/kwalletd .msmtprc .mutt .muttrc .fetchmailrc .var snap
    .config/autostart .config/autostart-scripts .config/i3 .config/sway .config/awesome .config/openbox
    .config/plasma-workspace .config/systemd .local/share/systemd .xinitrc .xprofile .xsession .xsessionrc
    .bash_history .zsh_history .histfile .lesshst .python_history .node_repl_history .psql_history
    .mysql_history .sqlite_history .rediscli_history .viminfo .local/share/fish/fish_history
    .local/share/nvim`,
  ),
  ...each(
    'blacklist',
    `/run/docker.sock /run/docker /run/docker-host.sock /run/rpcbind.sock /run/screens \${RUNUSER}/containers \${RUNUSER}/libpod \${RUNUSER}/libvirt
    \${RUNUSER}/systemd /tmp/ssh-agent.sock /tmp/tmux-0 /tmp/tmux-501 /tmp/tmux-1000 /tmp/tmux-1001 /tmp/tmux-UID
    /var/lib/libvirt /var/lib/systemd /var/lib/snapd /var/snap /snap /var/spool/cron /var/spool/anacron
    /etc/shadow /etc/gshadow /etc/ssh /etc/anacrontab /etc/crontab /etc/cron.d /etc/cron.daily /etc/cron.hourly
    /etc/cron.monthly /etc/cron.weekly /etc/logrotate.d /etc/rc.local /etc/init.d /etc/systemd/system
    /etc/xdg/autostart /sbin /usr/sbin /usr/local/sbin`,
  ),
  ...inHome(
    'read-only',
    `.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin
    .zlogout .kshrc .cshrc .tcshrc .login .logout .mkshrc .pam_environment .config/environment.d .config/fish
    .oh-my-zsh .zfunc .cargo/bin .cargo/env .local/bin .local/lib .gem .luarocks .npm-packages .nvm .rustup
    .npmrc .yarnrc .bin bin .vimrc .vim .exrc .emacs .emacs.d .nano .tmux.conf .dotfiles .pythonrc.py
    .local/share/applications .config/mimeapps.list .config/nvim .config/dconf`,
  ),
  ...each('rmenv', 'GH_TOKEN GITHUB_TOKEN GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN CARGO_REGISTRY_TOKEN'),
];

/** etc/inc/disable-programs.inc: what programs keep for themselves. */
const DISABLE_PROGRAMS = inHome(
  'blacklist',
  `.gitconfig .config/git .npm .npmrc .nvm .yarn .yarnrc .cargo .bundle .gradle .ivy2 .sbt .cache/pip
  .config/rclone .vscode .config/Code .config/nvim .emacs .emacs.d .vim .vimrc .config/alacritty .mozilla
  .config/chromium .config/google-chrome .config/microsoft-edge .config/BraveSoftware .config/opera
  .config/vivaldi .librewolf .thunderbird .config/Signal .config/Slack .config/discord .config/Bitwarden
  .config/keepassxc .lastpass .bitcoin .electrum .ethereum`,
);

/** etc/inc/disable-x11.inc, disable-X11.inc. */
const DISABLE_X11: Lines = ['blacklist /tmp/.X11-unix', 'blacklist ${HOME}/.Xauthority'];

const DISABLE_WRITE_MNT = each('read-only', '/mnt /media /run/mount /run/media');

/** etc/profile-a-l/default.profile: for whoever is not root, and names no profile. */
const DEFAULT: Lines = [
  'include disable-common.inc',
  'include disable-programs.inc',
  'caps.drop all',
  'nonewprivs',
  'noroot',
  'protocol unix,inet,inet6',
  'seccomp',
  'restrict-namespaces',
];

/** etc/profile-m-z/server.profile: for root. */
const SERVER: Lines = [
  'noblacklist /sbin',
  'noblacklist /usr/sbin',
  'noblacklist /etc/init.d',
  'blacklist /tmp/.X11-unix',
  'include disable-common.inc',
  'include disable-programs.inc',
  'include disable-write-mnt.inc',
  'caps',
  'nonewprivs',
  'protocol unix,inet,inet6,netlink,packet',
  'seccomp',
  'disable-mnt',
  'private',
  'private-dev',
  'private-tmp',
  'dbus-user none',
  'restrict-namespaces',
];

const SHIPPED: ReadonlyMap<string, Lines> = new Map([
  ['default.profile', DEFAULT],
  ['server.profile', SERVER],
  ['noprofile.profile', []],
  ['disable-common.inc', DISABLE_COMMON],
  ['disable-programs.inc', DISABLE_PROGRAMS],
  ['disable-x11.inc', DISABLE_X11],
  ['disable-X11.inc', DISABLE_X11],
  ['disable-write-mnt.inc', DISABLE_WRITE_MNT],
  ['disable-xdg.inc', inHome('blacklist', 'Documents Music Pictures Projects Public Templates Videos')],
  ['allow-ssh.inc', each('noblacklist', '${HOME}/.ssh /etc/ssh /tmp/ssh-agent.sock')],
  [
    'allow-common-devel.inc',
    inHome(
      'noblacklist',
      '.gitconfig .config/git .git-credentials .gradle .cargo .bundle .emacs .emacs.d .vim .vimrc',
    ),
  ],
  // Any white list of a directory keeps the rest of it away.
  ['whitelist-common.inc', ['whitelist-ro ${HOME}/.icons']],
  [
    'whitelist-runuser-common.inc',
    each('whitelist-ro', '${RUNUSER}/bus ${RUNUSER}/pulse/native ${RUNUSER}/pipewire-0 ${RUNUSER}/wayland-0'),
  ],
  ['whitelist-run-common.inc', ['whitelist-ro /run/dbus/system_bus_socket']],
  ['whitelist-var-common.inc', ['whitelist-ro /var/lib/dbus']],
  ['whitelist-usr-share-common.inc', ['whitelist-ro /usr/share/fonts']],
]);

/** Includes that keep programs away, or let them be run again. */
const OF_PROGRAMS =
  /^(?:disable-(?:devel|exec|interpreters|shell|proc)|allow-[\w-]+|whitelist-[\w-]+|[\w-]+\.local|globals)(?:\.inc|\.local)?$/;

/**
 * The file's name may stand behind the directory that it is installed in.
 * @returns null for what does not come with firejail, or is about one program
 */
export function shippedProfile(name: string): Lines | null {
  const file = name.replace(/^(?:\$\{CFG\}|\/etc\/firejail)\//, '');
  return SHIPPED.get(file) ?? (OF_PROGRAMS.test(file) ? [] : null);
}
