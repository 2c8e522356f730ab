import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** The engine's default set is made for old servers; a task that compiles and tests needs none of it. */
export default defineRule({
  id: 'default-capabilities',
  title: 'Default capabilities kept',
  summary: 'Code inside that is root keeps pieces of root’s power that its task does not need.',
  axis: 'host',
  severity: 'low',
  gives: [],
  setting: 'drop-capabilities',
  hardening: true,
  references: {
    cis: ['5.4'],
    owasp: ['3'],
    attack: ['T1611'],
    cwe: [250],
    links: ['https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities'],
  },
  check(sandbox, report) {
    const { capabilities, privileged } = sandbox.privilege;
    if (sandbox.boundary !== 'container' || capabilities === null) return;
    if (capabilities.dropsAll !== null || capabilities.unknownDrop !== undefined) return;
    if (privileged !== null && surely(privileged, (on) => on)) return;
    report({
      at: capabilities.origin,
      evidence: `${capabilities.bounding.size} capabilities are left`,
      consequence:
        'Code inside that is root can forge packets, make device files, and ignore the owners of mounted files.',
      remedy: 'Drop all capabilities (`cap_drop: [ALL]`, `--cap-drop=ALL`) and add back what is missed.',
      severity: 'low',
      intents: [{ kind: 'drop-capabilities' }],
    });
  },
});
