import { isMetadataAddress } from '../src/knowledge/system-hosts.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import type { Origin } from '../src/model/value.ts';

/** The address at which a cloud machine hands out its credentials, where one would not expect it to answer. */
export default defineRule({
  id: 'cloud-metadata',
  title: 'Cloud metadata address',
  summary: 'On a cloud machine, code inside can ask for the credentials of the machine.',
  axis: 'credentials',
  severity: 'medium',
  gives: ['credential'],
  references: {
    attack: ['T1552.005', 'T1078.004'],
    cwe: [668],
    links: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html'],
  },
  check(sandbox, report) {
    const found = metadataWay(sandbox);
    if (found === null) return;
    report({
      at: found.origin,
      evidence: found.evidence,
      consequence:
        'On a cloud machine, code inside can fetch the credentials of the machine and act in its account.',
      remedy: 'Drop traffic to 169.254.169.254 and fd00:ec2::254, or give the machine no role.',
      gains: [{ outcome: 'credential:cloud', certainty: 'assumed' }],
      assumes: ['it runs on a cloud machine that has a role'],
      subject: 'metadata',
    });
  },
});

/** With an open network of its own this is a sentence in `open-egress`, and no finding. */
function metadataWay({ network }: Sandbox): { origin: Origin; evidence: string } | null {
  const { egress, metadata } = network;
  if (!egress.known) return null;
  if (egress.value.kind === 'host') {
    return {
      origin: egress.origin,
      evidence: 'on the network of the host, the metadata address of clouds answers as it does to the host',
    };
  }
  if (egress.value.kind !== 'limited') return null;
  const listed = egress.value.control.hosts?.find(({ host }) => isMetadataAddress(host));
  if (listed !== undefined) {
    return { origin: listed.origin, evidence: `the allow-list lets \`${listed.host}\` through` };
  }
  if (metadata.verdict !== 'yes') return null;
  return {
    origin: metadata.because[0] ?? egress.value.control.origin,
    evidence: 'the network is narrowed, and yet the metadata address of clouds answers',
  };
}
