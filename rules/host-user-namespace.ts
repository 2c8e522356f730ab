import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** Says no to a mapping of user ids that the engine may be set up for. */
export default defineRule({
  id: 'host-user-namespace',
  title: 'User-namespace mapping switched off',
  summary: 'Root inside is root outside, even where the engine is set up to map it to an ordinary user.',
  axis: 'host',
  severity: 'low',
  gives: [],
  references: {
    cis: ['5.31'],
    owasp: ['6'],
    attack: ['T1611'],
    cwe: [668],
    links: [
      'https://docs.docker.com/engine/security/userns-remap/#disable-namespace-remapping-for-a-container',
    ],
  },
  check(sandbox, report) {
    const user = sandbox.privilege.namespaces?.user;
    if (user === undefined || !surely(user, (sharing) => sharing === 'host')) return;
    if (user.origin.kind !== 'explicit') return;
    report({
      at: user.origin,
      evidence: "the container asks for the host's user namespace",
      consequence:
        'Where the engine maps user ids, this container is left out of it, and root inside is root on the host.',
      remedy: 'Remove it; where a mount then has the wrong owner, change the owner on the host.',
      severity: 'low',
    });
  },
});
