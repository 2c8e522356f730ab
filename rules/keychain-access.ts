import { defineRule } from '../src/model/rule.ts';

/** The services of macOS that hand out what the keychain holds. */
export default defineRule({
  id: 'keychain-access',
  title: 'Keychain services inside',
  summary: 'Code inside can ask the keychain for passwords and tokens.',
  axis: 'credentials',
  severity: 'high',
  gives: ['credential'],
  formats: ['seatbelt'],
  references: {
    attack: ['T1555.001'],
    cwe: [522, 668],
    links: ['https://developer.apple.com/documentation/security/keychain-services'],
  },
  check(sandbox, report) {
    const { services } = sandbox;
    if (services === null || services.keychain.verdict !== 'yes') return;
    const grants = services.grants.filter(({ service }) => service === 'keychain');
    const because = services.keychain.because.map((origin) => ({
      text: null,
      origin,
      related: [],
      assumes: [],
    }));
    for (const { text, origin, related, assumes } of grants.length > 0 ? grants : because) {
      report({
        at: origin,
        related,
        evidence: `${text === null ? 'this' : `\`${text}\``} lets the sandbox talk to the services of the keychain`,
        consequence:
          'Code inside can run `security` and read each entry that does not ask you first, such as tokens that other tools stored.',
        remedy:
          'Take the keychain services out of the allowed names, and hand in the one token that the task needs.',
        gains: [{ outcome: 'credential:keychain', certainty: 'direct' }],
        assumes: [...(services.keychain.assumes ?? []), ...(assumes ?? [])],
        subject: 'keychain',
      });
    }
  },
});
