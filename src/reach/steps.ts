/** The general steps: what holding one outcome gives, whatever the sandbox. */
import type { Certainty } from '../model/outcome.ts';

export interface GeneralStep {
  readonly name: string;
  /** Outcome held: a name, or a name with its detail. */
  readonly from: string;
  /** Also needed; absent: nothing. */
  readonly with?: string;
  readonly to: string;
  readonly certainty: Certainty;
  /** What happens, as a sentence without a full stop. */
  readonly message: string;
  readonly reason: string;
}

/**
 * `workspace-write` has no row on purpose: what the host later runs out of the project is what a sandbox
 * is for, and is shown as such.
 */
export const GENERAL_STEPS: readonly GeneralStep[] = [
  {
    name: 'start-up-file',
    from: 'home-write',
    to: 'host-user',
    certainty: 'next',
    message: 'your next shell, login, git command or agent session runs what was planted in its files',
    reason:
      'Shells, git and coding agents read start-up files and settings unasked (bash(1), INVOCATION; git-config(1), core.pager).',
  },
  {
    name: 'system-file',
    from: 'system-write',
    to: 'host-root',
    certainty: 'next',
    message: 'cron, systemd or the next login runs what was planted, as root',
    reason: 'cron reads /etc/cron.d every minute (cron(8)).',
  },
  {
    name: 'root-is-you',
    from: 'host-root',
    to: 'host-user',
    certainty: 'direct',
    message: 'root on the host can act as you',
    reason: 'Root may become any user (setuid(2)).',
  },
  {
    name: 'your-files',
    from: 'host-user',
    to: 'home-write',
    certainty: 'direct',
    message: 'whoever runs commands as you writes your home directory',
    reason: 'Commands run as you have your files.',
  },
  {
    name: 'your-disk',
    from: 'host-user',
    to: 'home-read',
    certainty: 'direct',
    message: 'whoever runs commands as you reads your home directory',
    reason: 'Commands run as you have your files.',
  },
  {
    name: 'your-network',
    from: 'host-user',
    to: 'internet',
    certainty: 'direct',
    message: "commands on the host use the host's network",
    reason: "A program on the host is not bound by the sandbox's network.",
  },
  {
    name: 'keys-in-home',
    from: 'home-read',
    to: 'credential:home',
    certainty: 'direct',
    message: 'your home directory holds keys and tokens',
    reason: 'ssh, git, cloud and agent tools keep their credentials there by default.',
  },
  {
    name: 'home-on-disk',
    from: 'disk-read',
    to: 'home-read',
    certainty: 'direct',
    message: 'your home directory lies on the disk',
    reason: 'A grant of the whole disk covers every home on it.',
  },
  {
    name: 'planted-in-memory',
    from: 'host-memory',
    to: 'host-root',
    certainty: 'assumed',
    message: "writing the kernel's memory makes anyone root, where the kernel allows it",
    reason: 'CONFIG_STRICT_DEVMEM and lockdown limit /dev/mem (kernel_lockdown(7)).',
  },
  {
    name: 'typed-command',
    from: 'terminal',
    to: 'host-user',
    certainty: 'assumed',
    message: 'your shell runs what is typed into your terminal, where the kernel still allows TIOCSTI',
    reason: 'CVE-2017-5226; the sysctl dev.tty.legacy_tiocsti since Linux 6.2.',
  },
  {
    name: 'sent-out',
    from: 'credential',
    with: 'internet',
    to: 'exfiltration',
    certainty: 'direct',
    message: 'an open network takes them to anyone',
    reason: 'What can be read and sent is lost for good, and works from anywhere.',
  },
  {
    name: 'sent-out-of-host',
    from: 'credential',
    with: 'host-network',
    to: 'exfiltration',
    certainty: 'direct',
    message: "the host's network takes them to anyone",
    reason: 'What can be read and sent is lost for good, and works from anywhere.',
  },
  {
    name: 'next-rebuild',
    from: 'rewrite',
    to: 'next-sandbox',
    certainty: 'next',
    message: 'the next rebuild or restart takes the definition as it was rewritten',
    reason: 'Engines and editors read the definition anew whenever they create a container.',
  },
];
