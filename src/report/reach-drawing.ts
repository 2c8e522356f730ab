/** The reach of hostile code as a drawing (SVG 1.1, inline in HTML): code inside, what is granted, what comes of it. */
import { lineOf } from './blast-radius.ts';
import { htmlText } from './markup.ts';
import { cut, paragraph } from './paragraph.ts';
import { printable } from './printable.ts';
import type { ReportedOutcome, ReportedSandbox, ReportedStep } from './report.ts';

const MOST_NODES = 10;
const HEIGHT = 42;
const GAP = 10;
/** Left edge, width, and characters of a line in each column; the letters are 12 units high. */
const COLUMNS = {
  start: { x: 1, width: 96, letters: 14 },
  grant: { x: 152, width: 250, letters: 36 },
  outcome: { x: 464, width: 295, letters: 46 },
} as const;
const WIDTH = 760;

interface Node {
  readonly column: keyof typeof COLUMNS;
  readonly lines: readonly string[];
  /** In full, shown when a pointer rests on it. */
  readonly title: string;
  readonly level: number;
  readonly y: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly sure: boolean;
}

/** @param text makes what others wrote fit to be printed @returns empty where nothing is gained */
export function reachDrawing({ name, radius }: ReportedSandbox, text: (raw: string) => string): string {
  const grants = new Map<string, ReportedStep>();
  const outcomes = new Map<string, ReportedOutcome[]>();
  const edges: Edge[] = [];
  for (const outcome of radius.outcomes) {
    const [step] = outcome.path;
    const held = outcomes.get(outcome.phrase);
    if (step === undefined || (held === undefined && outcomes.size >= MOST_NODES)) continue;
    const grant = `${step.rule ?? step.step} ${step.at === null ? '' : lineOf(step.at)}`;
    if (!grants.has(grant) && grants.size >= MOST_NODES) continue;
    grants.set(grant, grants.get(grant) ?? step);
    outcomes.set(outcome.phrase, [...(held ?? []), outcome]);
    if (!edges.some(({ from, to }) => from === grant && to === outcome.phrase)) {
      edges.push({ from: grant, to: outcome.phrase, sure: outcome.certainty === 'direct' });
    }
  }
  if (outcomes.size === 0) return '';
  const height = Math.max(grants.size, outcomes.size) * (HEIGHT + GAP) + GAP;
  const nodes = new Map<string, Node>([
    ...[...grants].map(
      ([key, step], at) => [`g ${key}`, grantNode(step, rowAt(at, grants.size, height), text)] as const,
    ),
    ...[...outcomes].map(
      ([key, held], at) =>
        [`o ${key}`, outcomeNode(key, held, rowAt(at, outcomes.size, height), text)] as const,
    ),
  ]);
  const start: Node = {
    column: 'start',
    lines: ['code inside'],
    title: name,
    level: 0,
    y: (height - HEIGHT) / 2,
  };
  const lines = [
    ...[...grants.keys()].map((key) => edgeSvg(start, nodes.get(`g ${key}`), true)),
    ...edges.map(({ from, to, sure }) => edgeSvg(nodes.get(`g ${from}`), nodes.get(`o ${to}`), sure)),
  ];
  const label = htmlText(`What hostile code inside ${text(name)} could reach`);
  const boxes = [start, ...nodes.values()].map((node) => nodeSvg(node, text)).join('');
  return `<svg class="reach" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${lines.join('')}${boxes}</svg>`;
}

/** Rows are spread over the height. */
function rowAt(index: number, count: number, height: number): number {
  const pitch = height / count;
  return Math.round(pitch * index + (pitch - HEIGHT) / 2);
}

function grantNode(
  { rule, step, message, at }: ReportedStep,
  y: number,
  text: (raw: string) => string,
): Node {
  const place = at === null ? '' : printable(lineOf(at));
  const { letters } = COLUMNS.grant;
  // The end of a path says more than its beginning.
  const short = place.length > letters ? `…${place.slice(1 - letters)}` : place;
  return { column: 'grant', lines: [rule ?? step, text(short)], title: message, level: 0, y };
}

function outcomeNode(
  phrase: string,
  held: readonly ReportedOutcome[],
  y: number,
  text: (raw: string) => string,
): Node {
  const details = held.map(({ outcome }) => outcome.split(':')[1] ?? '').filter((detail) => detail !== '');
  const words = text(details.length === 0 ? phrase : `${phrase} (${details.join(', ')})`);
  const { letters } = COLUMNS.outcome;
  const [first = '', ...rest] = paragraph(words, { width: letters, indent: '' });
  const lines = [cut(first, letters), ...(rest.length === 0 ? [] : [cut(rest.join(' '), letters)])];
  const title = held[0]?.path.map(({ message }) => message).join(', then ') ?? '';
  const worth = Math.max(...held.map((outcome) => outcome.worth));
  return { column: 'outcome', lines, title, level: worth >= 9 ? 4 : worth >= 5 ? 3 : worth > 2 ? 2 : 1, y };
}

function nodeSvg({ column, lines, title, level, y }: Node, text: (raw: string) => string): string {
  const { x, width } = COLUMNS[column];
  const first = y + HEIGHT / 2 + 4 - (lines.length - 1) * 8;
  const words = lines.map(
    (line, at) =>
      `<text x="${x + 10}" y="${first + at * 16}"${at > 0 && column === 'grant' ? ' class="at"' : ''}>${htmlText(line)}</text>`,
  );
  const box = `<rect x="${x}" y="${y}" width="${width}" height="${HEIGHT}" rx="7"/>`;
  return `<g class="${column} l${level}"><title>${htmlText(text(title))}</title>${box}${words.join('')}</g>`;
}

function edgeSvg(from: Node | undefined, to: Node | undefined, sure: boolean): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [COLUMNS[from.column].x + COLUMNS[from.column].width, from.y + HEIGHT / 2];
  const [x2, y2] = [COLUMNS[to.column].x, to.y + HEIGHT / 2];
  const middle = (x1 + x2) / 2;
  return `<path class="l${to.level}${sure ? '' : ' maybe'}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
}
