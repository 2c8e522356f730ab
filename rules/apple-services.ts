import { type AppleServiceRow, appleService } from '../src/knowledge/apple-services.ts';
import { surest } from '../src/model/opening.ts';
import { defineRule } from '../src/model/rule.ts';
import type { ServiceGrant } from '../src/model/services.ts';
import { worthOf } from '../src/model/worth.ts';

interface Use {
  readonly grant: ServiceGrant;
  readonly row: AppleServiceRow;
}

/** The sandbox holds the process; what other programs do for it happens outside. */
export default defineRule({
  id: 'apple-services',
  title: 'Programs outside act for the sandbox',
  summary:
    'Code inside has programs that no profile holds open files, run scripts or show what is on screen.',
  axis: 'host',
  severity: 'high',
  gives: ['host-user', 'session', 'host-input', 'host-data', 'host-control', 'sensors', 'denial-of-service'],
  formats: ['seatbelt'],
  references: {
    attack: ['T1559', 'T1569.001', 'T1115'],
    cwe: [441, 668],
    links: ['https://developer.apple.com/documentation/coreservices/launch_services'],
  },
  check(sandbox, report) {
    for (const uses of byPlace(sandbox.services?.grants ?? [])) {
      const sorted = [...uses].sort((a, b) => worthOf(b.row, sandbox) - worthOf(a.row, sandbox));
      const [worst] = sorted;
      if (worst === undefined) continue;
      const { grant, row } = worst;
      const titles = [...new Set(sorted.map((use) => use.row.title))];
      report({
        at: grant.origin,
        related: grant.related,
        evidence: `\`${grant.text}\` lets the sandbox reach ${titles.slice(0, 3).join(', ')}${titles.length > 3 ? ` and ${titles.length - 3} more` : ''}`,
        consequence: `Code inside can ${row.lets}.`,
        remedy: 'Remove the rule, or deny the service by name after it.',
        gains: surest(sorted.map((use) => use.row)),
        assumes: [...new Set(sorted.flatMap((use) => use.grant.assumes ?? []))],
        subject: row.id,
      });
    }
  },
});

/** One line may open many services: it is one line to change. */
function byPlace(grants: readonly ServiceGrant[]): Use[][] {
  const places = new Map<string, Use[]>();
  for (const grant of grants) {
    const row = appleService(grant.service);
    if (row?.rule !== 'apple-services') continue;
    const { source, span } = grant.origin.place;
    const key = `${source.path}:${span.start}:${span.end}`;
    const uses = places.get(key);
    if (uses === undefined) places.set(key, [{ grant, row }]);
    else uses.push({ grant, row });
  }
  return [...places.values()];
}
