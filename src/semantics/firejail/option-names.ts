/** The options of firejail, from 0.9.66 to 0.9.80 (firejail(1), src/firejail/main.c); any other ends it at once. */

/** Names without a value, or with one behind `=`. */
const NAMES: ReadonlySet<string> = new Set(
  `allow-bwrap allow-debuggers allusers apparmor apparmor-replace appimage bind blacklist build c caps caps.drop
  caps.keep cgroup chroot cpu dbus-log dbus-system dbus-system.broadcast dbus-system.call dbus-system.log
  dbus-system.own dbus-system.see dbus-system.talk dbus-user dbus-user.broadcast dbus-user.call dbus-user.log
  dbus-user.own dbus-user.see dbus-user.talk debug debug-blacklists debug-private-lib debug-whitelists defaultgw
  deterministic-exit-code deterministic-shutdown disable-mnt dns dnstrace env hostname hostname-randomize hosts-file
  icmptrace ignore include interface ip ip6 ipc-namespace iprange join-or-start keep-config-pulse keep-dev-ntsync
  keep-dev-shm keep-dev-tpm keep-fd keep-hostname keep-shell-rc keep-var-tmp landlock.enforce landlock.fs.execute
  landlock.fs.makedev landlock.fs.makeipc landlock.fs.read landlock.fs.write mac machine-id
  memory-deny-write-execute mkdir mkfile mtu name net netfilter netfilter6 netlock netmask netns nettrace nice no3d
  noautopulse noblacklist nodbus nodvd noexec nogroups noinput nonewprivs noprinters noprofile noroot nosound notpm
  notv nou2f novideo nowhitelist oom output output-stderr overlay overlay-named overlay-tmpfs private private-bin
  private-cache private-cwd private-dev private-etc private-home private-lib private-opt private-srv private-tmp
  profile protocol quiet read-only read-write restrict-namespaces rlimit-as rlimit-cpu rlimit-fsize rlimit-nofile
  rlimit-nproc rlimit-sigpending rmenv scan seccomp seccomp-error-action seccomp.32 seccomp.32.drop seccomp.32.keep
  seccomp.block-secondary seccomp.drop seccomp.keep shell snitrace tab timeout tmpfs trace tracelog tunnel
  unhide-pid1 veth-name whitelist writable-etc writable-run-user writable-var writable-var-log x11
  xephyr-extra-params xephyr-screen`
    .trim()
    .split(/\s+/),
);

/** Options that manage other sandboxes, or only tell something. */
const QUERIES =
  /^(?:list|tree|top|netstats|version|help|\?|join|join-(?:filesystem|network)|shutdown|ls|get|put|cat|bandwidth|debug-(?:caps|errnos|protocols|syscalls|syscalls32|syscall-groups)|[\w-]+\.print|overlay-clean|ids-(?:check|init)|audit)$/;

export function isQuery(name: string): boolean {
  return QUERIES.test(name);
}

export function isKnownOption(name: string): boolean {
  return NAMES.has(name) || isQuery(name);
}
