import { defineRule } from '../src/model/rule.ts';
import { surely } from '../src/model/value.ts';

/** A proxy is suggested to programs, which are free to ignore it. */
export default defineRule({
  id: 'unenforced-proxy',
  title: 'Proxy that nothing enforces',
  summary: 'Code inside ignores the proxy variables and goes straight to the internet.',
  axis: 'network',
  severity: 'low',
  gives: [],
  references: { owasp: ['5'], attack: ['T1048'], cwe: [923, 693] },
  check(sandbox, report) {
    const { egress, proxyVariables } = sandbox.network;
    const [first, ...rest] = proxyVariables;
    if (first === undefined) return;
    if (!surely(egress, (way) => way.kind === 'open' || way.kind === 'host')) return;
    const names = [...new Set(proxyVariables.map(({ name }) => `\`${name}\``))];
    report({
      at: first.origin,
      related: [...rest.map(({ origin }) => origin), egress.origin],
      evidence: `${names.join(' and ')} names a proxy, while the network stays open`,
      consequence: 'A program that does not look at the variable, or clears it, goes round the proxy.',
      remedy: 'Leave the sandbox on an internal network alone, on which only the proxy can be reached.',
      severity: 'low',
      subject: 'proxy',
    });
  },
});
