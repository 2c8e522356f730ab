/** The text that a word of a script comes to, each of its values with what holds where it has that value. */
import { type MappedText, plainText, sliceMapped } from '../../source/mapped.ts';
import { createSource, samePlace } from '../../source/source.ts';
import { readSexpr } from '../../syntax/sexpr.ts';
import { spellings } from '../process/spellings.ts';
import type { ShellRedirection, ShellWord } from '../shell/reading.ts';
import type { Script, TextPart, Written } from './profile-script.ts';
import { alignedText, assignedText, quotedText } from './written-text.ts';

/** A word with several values is several parts, but for the rules that all of them begin and end with. */
export function wordText(word: ShellWord, script: Script): Written {
  const values = spellings(word).map(({ value, when }) => ({ text: textOf(word, value, script), when }));
  return { parts: apart(values).map((part) => ({ ...part, file: null })), unknown: [] };
}

function textOf(word: ShellWord, value: string, { commands }: Script): MappedText {
  const same = (text: string | undefined): boolean => text?.trimEnd() === value.trimEnd();
  const body = commands
    .flatMap(({ redirections }) => redirections)
    .find((one) => hasBody(one) && same(one.bodyValue) && !samePlace(one.place, word.place));
  if (body?.body !== undefined) return alignedText(body.body, body.bodyValue ?? '');
  return assignedText(word.place, value) ?? alignedText(quotedText(word.place), value);
}

function hasBody({ body, bodyValue }: ShellRedirection): boolean {
  return body !== undefined && bodyValue !== undefined;
}

type Part = Pick<TextPart, 'text' | 'when'>;

/** What all values begin and end with stands once, as far as that is whole forms. */
function apart(values: readonly Part[]): readonly Part[] {
  const [first, ...others] = values;
  if (first === undefined || others.length === 0) return values;
  const lists: (readonly Form[])[] = [];
  for (const { text } of values) {
    const forms = formsOf(text);
    if (forms === null) return values;
    lists.push(forms);
  }
  const shortest = Math.min(...lists.map((list) => list.length));
  const [model = []] = lists;
  const alike = (pick: (list: readonly Form[]) => Form | undefined): boolean =>
    lists.every((list) => pick(list)?.text === pick(model)?.text);
  let head = 0;
  while (head < shortest && alike((list) => list[head])) head += 1;
  let tail = 0;
  while (tail < shortest - head && alike((list) => list.at(-1 - tail))) tail += 1;
  const middles = values.flatMap(({ text, when }, at): Part[] => {
    const list = lists[at] ?? [];
    return list.length === head + tail ? [] : [{ text: cut(text, list, head, list.length - tail), when }];
  });
  return [
    ...(head === 0 ? [] : [{ text: cut(first.text, model, 0, head), when: [] }]),
    ...middles,
    ...(tail === 0 ? [] : [{ text: cut(first.text, model, model.length - tail, model.length), when: [] }]),
  ];
}

interface Form {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function cut(text: MappedText, list: readonly Form[], from: number, to: number): MappedText {
  return sliceMapped(text, list[from]?.start ?? 0, list[to - 1]?.end ?? 0);
}

/** Null where a form is not whole. */
function formsOf({ text }: MappedText): readonly Form[] | null {
  const { forms, problems } = readSexpr(plainText(createSource('', text)));
  if (problems.some(({ severity }) => severity !== 'note')) return null;
  return forms.map(({ place: { span } }) => ({ ...span, text: text.slice(span.start, span.end) }));
}
