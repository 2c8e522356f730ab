/** The sandboxes of a report in a table, the worst first. */
import { byRadius, judgedSandboxes, lineOf, scoreText, worstInWords } from './blast-radius.ts';
import type { Page } from './page.ts';
import { cut, displayWidth } from './paragraph.ts';
import type { Report, ReportedSandbox } from './report.ts';
import { paintOf } from './terminal-radius.ts';
import { counted } from './wording.ts';

const MOST_ROWS = 30;
const WIDEST_NAME = 32;
/** Grade, score, and what parts the columns. */
const FIRST_COLUMNS = 15;

/** Empty for a single sandbox, which says it all itself. */
export function tableLines(report: Report, page: Page): string[] {
  const judged = byRadius(judgedSandboxes(report));
  if (judged.length < 2) return [];
  const shown = judged.slice(0, MOST_ROWS);
  const names = namesOf(shown, page);
  const width = Math.max('sandbox'.length, ...names.map(displayWidth));
  const left = judged.length - shown.length;
  return [
    page.chalk.dim(`grade  score  ${'sandbox'.padEnd(width)}  worst`),
    ...shown.map(({ radius }, index) => {
      const name = names[index] ?? '';
      const grade = paintOf(radius.grade, page.chalk)(radius.grade);
      const room = Math.max(8, page.width - FIRST_COLUMNS - width - 1);
      const padding = ' '.repeat(width - displayWidth(name));
      const score = scoreText(radius.score).padStart(4);
      const open = radius.possible > radius.score ? `up to ${scoreText(radius.possible)}: ` : '';
      return `${grade}       ${score}  ${name}${padding}  ${cut(open + page.text(worstInWords(radius)), room)}`;
    }),
    ...(left > 0 ? [`and ${counted(left, 'sandbox', 'sandboxes')} more, none of them worse`] : []),
  ];
}

/** Where two have one name the line tells them apart, its end kept. */
function namesOf(sandboxes: readonly ReportedSandbox[], page: Page): string[] {
  const names = sandboxes.map(({ name }) => page.text(name));
  return sandboxes.map(({ place }, index) => {
    const name = names[index] ?? '';
    if (names.indexOf(name) === names.lastIndexOf(name)) return cut(name, WIDEST_NAME);
    const short = cut(name, WIDEST_NAME / 2);
    const point = page.text(lineOf(place));
    const room = WIDEST_NAME - displayWidth(short) - 1;
    return `${short} ${displayWidth(point) <= room ? point : `…${point.slice(1 - room)}`}`;
  });
}
