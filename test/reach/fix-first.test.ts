/** What is promised for a change is what the changed text scores. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { judge } from '../../src/engine/findings.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { causesOf } from '../../src/reach/causes.ts';
import { type FixPlan, type Improvement, planFixes } from '../../src/reach/fix-first.ts';
import { reach } from '../../src/reach/reach.ts';
import { editedCompose } from './edited-compose.ts';
import { composeText, sandboxes } from './generated-sandbox.ts';
import { type Reached, reachedIn, reachedOne } from './radius-of-text.ts';

const judged = (revised: Sandbox) => judge([revised], RULES).evidence.get(revised.id) ?? [];

function planOf({ sandbox, evidence, radius }: Reached): FixPlan {
  return planFixes(sandbox, evidence, radius, judged);
}

function planFor(text: string, format = 'compose'): FixPlan {
  return planOf(reachedOne(format, text));
}

/** Each change as it would be told: the setting, or the text that goes. */
function told({ changes }: Improvement): string[] {
  return changes.map((change) => {
    if (change.kind === 'harden') return change.setting;
    const { source, span } = change.place;
    return `without ${source.text.slice(span.start, span.end)}`;
  });
}

const STOCK = `services:
  agent:
    image: node:22
    volumes:
      - .:/workspaces/app
`;

describe('a plan', () => {
  it('names the mount that decides, alone enough for the next grade', () => {
    const { single, nextGrade } = planFor(`${STOCK}      - ~/:/home/host\n`);
    expect(told(single[0] as Improvement)).toEqual(['without ~/:/home/host']);
    expect(nextGrade).toMatchObject({ gradeAfter: 'C', scoreAfter: 4.9, exact: true });
    expect(told(nextGrade as Improvement)).toEqual(['without ~/:/home/host']);
  });

  it('takes both of two that give the same, since neither helps alone', () => {
    const { single, nextGrade } = planFor(`${STOCK}      - ~/:/home/one\n      - ~/:/home/other\n`);
    expect(single.flatMap(told).join()).not.toMatch(/without/);
    expect(told(nextGrade as Improvement)).toEqual(['without ~/:/home/one', 'without ~/:/home/other']);
    expect(nextGrade).toMatchObject({ gradeAfter: 'C', exact: true });
  });

  it('never takes the project away, and says that it is what is left', () => {
    const { toA, all } = planFor(STOCK);
    expect(toA?.gradeAfter).toBe('B');
    expect(toA?.leaves).toMatch(/changes the project/);
    for (const plan of [toA, all]) expect(told(plan as Improvement).join()).not.toMatch(/workspaces/);
  });

  it('reaches grade A where an edit can', () => {
    const text = `services:
  agent:
    image: node:22
    user: node
    command: claude
    cap_drop: [ALL]
    read_only: true
    security_opt: ["no-new-privileges:true"]
    network_mode: none
    mem_limit: 2g
    cpus: 2
    pids_limit: 512
    environment:
      - GITHUB_TOKEN
`;
    const { toA } = planFor(text);
    expect(toA).toMatchObject({ gradeAfter: 'A', exact: true });
    expect(told(toA as Improvement)).toEqual(['without GITHUB_TOKEN']);
  });

  it('has nothing to say where no edit helps', () => {
    const hardened =
      'docker run --rm --read-only --tmpfs /tmp:size=64m --network none --cap-drop ALL --security-opt no-new-privileges --memory 2g --cpus 2 --pids-limit 64 -u 1000 -v "$PWD":/work node:22 bash\n';
    const { single, nextGrade, toA } = planFor(hardened, 'docker-run');
    expect({ single, nextGrade, toA }).toEqual({ single: [], nextGrade: null, toA: null });
  });

  it('promises the end of the container only where a command line can say it', () => {
    const settings = (text: string, format: string) => {
      const { sandbox, evidence } = reachedOne(format, text);
      return causesOf(evidence, sandbox).map(({ change }) => change.kind === 'harden' && change.setting);
    };
    expect(settings(STOCK, 'compose')).not.toContain('removed-after-use');
    expect(settings('docker run -v "$PWD":/work node:22\n', 'docker-run')).toContain('removed-after-use');
  });

  it('leaves alone what a firewall inside rests on', () => {
    const root = new URL('../../fixtures/calibration/36-firewall/.devcontainer/', import.meta.url);
    const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
    const files = Object.fromEntries(
      ['Dockerfile', 'close-network.sh'].map((name) => [`.devcontainer/${name}`, read(name)]),
    );
    const [reached, ...others] = reachedIn('devcontainer', read('devcontainer.json'), files);
    expect(others).toEqual([]);
    const { single, nextGrade, toA, all } = planOf(reached as Reached);
    for (const plan of [...single, nextGrade, toA, all]) {
      expect(plan === null ? '' : told(plan).join()).not.toMatch(/no-new-privileges|NET_ADMIN/);
    }
    expect(single.length).toBeGreaterThan(0);
  });

  it('takes leaving the host network and narrowing the new one as one change', () => {
    const { single } = planFor(`${STOCK}    network_mode: host\n`);
    expect(told(single[0] as Improvement)).toEqual(['network-allow-list']);
  });

  it('sees what one grant hid, once it is gone', () => {
    const text = `${STOCK}    user: node\n    privileged: true\n    devices:\n      - /dev/input\n`;
    const { sandbox, evidence, radius } = reachedOne('compose', text);
    const guessed = planFixes(sandbox, evidence, radius).nextGrade;
    const promised = planOf({ sandbox, evidence, radius }).nextGrade;
    const score = (plan: Improvement | null) =>
      reachedOne('compose', editedCompose(text, plan?.changes ?? []) ?? '', 'agent').radius.score;
    expect(score(promised)).toBe(promised?.scoreAfter);
    expect(guessed === null || score(guessed) >= guessed.scoreAfter).toBe(true);
  });
});

describe('the plans of generated sandboxes', () => {
  it('promise what the edited text scores', { timeout: 120_000 }, () => {
    let checked = 0;
    fc.assert(
      fc.property(sandboxes, (sandbox) => {
        const text = composeText(sandbox);
        const { single, nextGrade, toA } = planFor(text);
        for (const plan of [...single, nextGrade, toA]) {
          if (plan === null) continue;
          const edited = editedCompose(text, plan.changes);
          expect(edited).not.toBeNull();
          const { radius } = reachedOne('compose', edited ?? '', 'agent');
          expect(`${radius.score} ${radius.grade}`, told(plan).join(' + ')).toBe(
            `${plan.scoreAfter} ${plan.gradeAfter}`,
          );
          checked += 1;
        }
      }),
      { numRuns: 300, seed: 30 },
    );
    expect(checked).toBeGreaterThan(800);
  });

  it('are the smallest where they say so', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(sandboxes, (sandbox) => {
        const reached = reachedOne('compose', composeText(sandbox));
        const { nextGrade } = planOf(reached);
        if (nextGrade === null || !nextGrade.exact) return;
        const changes = causesOf(reached.evidence, reached.sandbox).map(({ change }) => change);
        for (const chosen of subsets(changes, Math.min(2, nextGrade.changes.length - 1))) {
          const ordered = chosen.toSorted(
            (a, b) => Number(a.kind === 'harden') - Number(b.kind === 'harden'),
          );
          let revised: Sandbox | null = reached.sandbox;
          for (const change of ordered) revised = revised?.revise(change) ?? null;
          if (revised === null) continue;
          expect(reach(revised, judged(revised)).grade >= reached.radius.grade).toBe(true);
        }
      }),
      { numRuns: 60, seed: 31 },
    );
  });
});

/** Every subset of up to so many items, none of them empty. */
function subsets<T>(items: readonly T[], most: number): T[][] {
  if (most <= 0) return [];
  const smaller = subsets(items, most - 1);
  const grown = [[], ...smaller].flatMap((set) =>
    items.filter((item) => !set.includes(item)).map((item) => [...set, item]),
  );
  return [...smaller, ...grown];
}
