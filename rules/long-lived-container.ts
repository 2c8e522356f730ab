import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** The container stays when its task is done. */
export default defineRule({
  id: 'long-lived-container',
  title: 'Container kept after its task',
  summary: 'What hostile code changes inside is still there for the next task.',
  axis: 'persistence',
  severity: 'info',
  gives: [],
  setting: 'removed-after-use',
  hardening: true,
  references: { cis: ['5.15'], owasp: ['7'], cwe: [459] },
  check(sandbox, report) {
    const { kept } = sandbox.lifetime;
    if (!surely(kept, (value) => value)) return;
    report({
      at: kept.origin,
      evidence:
        sandbox.boundary === 'vm'
          ? 'what is written to this disk image is there again at the next start'
          : kept.origin.kind === 'explicit'
            ? 'this keeps the container running or starts it again'
            : 'the container is kept after its task',
      consequence: 'Whatever a bad task leaves inside, such as a changed tool, waits there for the next one.',
      remedy: 'Make a fresh container for each task, and remove it afterwards.',
      severity: 'info',
      subject: 'kept',
    });
  },
});
