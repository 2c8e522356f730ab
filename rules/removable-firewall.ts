import { defineRule } from '../src/model/rule.ts';

/** The control of the network is in the hands of the code that it should control. */
export default defineRule({
  id: 'removable-firewall',
  title: 'Network control that can be switched off from inside',
  summary: 'Code inside removes the firewall and has an open way out.',
  axis: 'network',
  severity: 'high',
  gives: ['internet'],
  references: { owasp: ['3'], attack: ['T1562.004'], cwe: [693] },
  check(sandbox, report) {
    const { egress } = sandbox.network;
    if (!egress.known || egress.value.kind !== 'limited') return;
    const { control } = egress.value;
    if (control.removable.verdict !== 'yes') return;
    const why = control.removable.reason === undefined ? '' : `: ${control.removable.reason}`;
    report({
      at: control.origin,
      related: control.removable.because,
      evidence: `\`${control.text}\` narrows the network, but code inside can undo it${why}`,
      consequence:
        'Code inside can switch the control off with one command, and then send what it reads to anyone.',
      remedy:
        'Let the code run as a user who cannot become root, allow sudo for the one script only, and keep that script where the user cannot write.',
      gains: [{ outcome: 'internet', certainty: 'direct' }],
      severity: 'high',
      assumes: [...(egress.assumes ?? []), ...(control.removable.assumes ?? [])],
      subject: control.by,
    });
  },
});
