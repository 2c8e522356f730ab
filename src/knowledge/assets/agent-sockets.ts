/** Agents that hold keys and use them for whoever connects. */
import { gain, ownedBy } from './row.ts';

const SSH = gain(
  'credential:ssh-agent',
  'direct',
  'log in to your servers and push to your repositories with your keys',
);

export const AGENT_SOCKETS = ownedBy('agent-socket', [
  {
    id: 'ssh-agent',
    title: 'the ssh agent',
    paths: [
      '/run/user/UID/ssh-agent.sock',
      '/run/user/UID/ssh-agent.socket',
      '/run/user/UID/keyring/ssh',
      '/run/user/UID/gcr/ssh',
      '/run/user/UID/openssh_agent',
      '/run/host-services/ssh-auth.sock',
      '~/.ssh/agent/',
      '~/.ssh/agent.sock',
      '~/.colima/default/ssh.sock',
    ],
    connect: SSH,
    reason:
      'The agent signs with every loaded key, without asking unless the key was added with confirmation.',
    reference: 'https://man.openbsd.org/ssh-agent.1',
  },
  {
    id: 'ssh-agent-temporary',
    title: 'ssh agents in the temp directory',
    paths: ['/tmp/ssh-*/agent.*'],
    connect: gain('credential:ssh-agent', 'assumed', 'use your keys, if an ssh agent keeps its socket there'),
    reason: 'ssh-agent and sshd put sockets into /tmp/ssh-*/agent.* unless told otherwise.',
    reference: 'https://man.openbsd.org/ssh-agent.1',
  },
  {
    id: 'gpg-agent',
    title: 'the gpg agent',
    paths: [
      '/run/user/UID/gnupg/S.gpg-agent',
      '/run/user/UID/gnupg/S.gpg-agent.ssh',
      '/run/user/UID/gnupg/S.gpg-agent.extra',
      '/run/user/UID/gnupg/',
      '~/.gnupg/S.gpg-agent',
      '~/.gnupg/S.gpg-agent.ssh',
      '~/.gnupg/S.gpg-agent.extra',
    ],
    connect: gain('credential:gpg-agent', 'direct', 'sign and decrypt as you'),
    reason: 'The agent uses private keys for whoever connects while it remembers the passphrase.',
    reference: 'https://www.gnupg.org/documentation/manuals/gnupg/Invoking-GPG_002dAGENT.html',
  },
  {
    id: 'password-manager',
    title: "a password manager's agent",
    paths: [
      '~/.1password/agent.sock',
      '~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock',
      '~/.bitwarden-ssh-agent.sock',
      '~/.var/app/com.bitwarden.desktop/data/.bitwarden-ssh-agent.sock',
    ],
    connect: gain(
      'credential:password-manager',
      'assumed',
      'use keys of your password manager, if you approve a prompt',
    ),
    reason: 'It asks before it signs, and remembers the answer for a while.',
    reference: 'https://developer.1password.com/docs/ssh/agent/',
  },
  {
    id: 'keyring-control',
    title: 'the desktop keyring',
    paths: ['/run/user/UID/keyring/control', '/run/user/UID/keyring/pkcs11'],
    connect: gain('vault:keyring', 'direct', 'ask for stored passwords while the keyring is unlocked'),
    reason: 'The daemon of the keyring serves programs of the same user.',
    reference: 'https://wiki.gnome.org/Projects/GnomeKeyring/Architecture',
  },
  {
    id: 'smart-card',
    title: 'the smart card daemon',
    paths: ['/run/pcscd/pcscd.comm', '/run/pcscd/'],
    connect: gain('credential:smart-card', 'assumed', 'use a smart card that is plugged in and unlocked'),
    reason: 'The daemon passes commands to the card; the card asks for its PIN once.',
    reference: 'https://pcsclite.apdu.fr/',
  },
  {
    id: 'kerberos',
    title: 'the Kerberos credential manager',
    paths: ['/run/.heim_org.h5l.kcm-socket'],
    connect: gain('credential:kerberos', 'assumed', 'use your Kerberos tickets'),
    reason: 'It hands tickets to programs of the same user.',
    reference: 'https://docs.pagure.org/sssd.sssd/design_pages/kcm.html',
  },
]);
