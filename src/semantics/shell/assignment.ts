/** Assignments and the builtins that declare variables. */
import { isResolved } from '../../model/symbolic.ts';
import { sliceMapped } from '../../source/mapped.ts';
import { type Assignment, type Command, parseWord, type Word } from '../../syntax/shell.ts';
import { calculate } from './arithmetic.ts';
import { firstIndex } from './dialect.ts';
import { expandFields, expandPieces, expandText, numbersOf, withScript } from './expansion.ts';
import { conditionalPieces, type Field, fieldText, scalarField } from './fields.ts';
import { outsideVariable, placeOf, type Run, type Status, setVariable, variableOf } from './state.ts';
import { type Element, elementsOf, type Piece, unknownPiece, type Variable } from './value.ts';

interface Attributes {
  readonly exported?: boolean;
  readonly kind?: 'list' | 'map';
}

/** The value of an assignment as one word; of an array the first element. */
export function assignmentField(run: Run, node: Assignment): Field {
  if (node.value.type === 'ArrayValue') {
    const [first] = node.value.elements;
    return first === undefined
      ? scalarField([], placeOf(run, node.value))
      : scalarField(expandPieces(run, first), placeOf(run, first));
  }
  return scalarField(expandPieces(run, node.value, true), placeOf(run, node.value));
}

export function assign(run: Run, node: Assignment, exported?: boolean): void {
  assignWith(run, node, exported === undefined ? {} : { exported });
}

function assignWith(run: Run, node: Assignment, attributes: Attributes): void {
  const outer = run.assigning;
  run.assigning = true;
  assignValue(run, node, attributes);
  run.assigning = outer;
}

function assignValue(run: Run, node: Assignment, attributes: Attributes): void {
  const place = placeOf(run, node);
  const old = run.state.variables.get(node.name);
  const flag = attributes.exported ?? old?.exported ?? false;
  if (node.value.type === 'ArrayValue') {
    const kind = attributes.kind ?? (old?.kind === 'map' ? 'map' : 'list');
    const added = node.value.elements.flatMap((word) => elementWords(run, word, kind));
    const base = node.append === true ? elementsOf(variableOf(run, node.name, place)) : [];
    setVariable(run, node.name, { kind, elements: merged(kind, base, added), exported: flag });
    return;
  }
  const pieces = expandPieces(run, node.value, true);
  if (node.index !== undefined) {
    assignElement(run, node, node.index, pieces, flag, attributes.kind);
    return;
  }
  if (old?.kind === 'list' || old?.kind === 'map') {
    assignFirst(run, node, old, pieces);
    return;
  }
  const before = node.append === true ? variableOf(run, node.name, place) : null;
  const all = before?.kind === 'scalar' ? [...before.pieces, ...pieces] : pieces;
  setVariable(run, node.name, { kind: 'scalar', pieces: all, exported: flag });
}

/** `A=x` on an array sets, `A+=x` extends its first element. */
function assignFirst(
  run: Run,
  node: Assignment,
  old: Extract<Variable, { elements: unknown }>,
  pieces: readonly Piece[],
): void {
  const [first, ...rest] = old.elements;
  if (old.kind === 'map' || first === undefined || first.many || first.when.length > 0) {
    const fresh: Element = { pieces, when: [], many: false, key: old.kind === 'map' ? '0' : null };
    setVariable(run, node.name, { ...old, elements: [fresh, ...old.elements] });
    return;
  }
  const changed = { ...first, pieces: node.append === true ? [...first.pieces, ...pieces] : pieces };
  setVariable(run, node.name, { ...old, elements: [changed, ...rest] });
}

function assignElement(
  run: Run,
  node: Assignment,
  index: Word,
  pieces: readonly Piece[],
  exported: boolean,
  kind: Attributes['kind'],
): void {
  const old = run.state.variables.get(node.name);
  const elements = old === undefined ? [] : elementsOf(old);
  if (kind === 'map' || old?.kind === 'map') {
    const key = expandText(run, index);
    const known = key !== null && isResolved(key);
    const before =
      known && node.append === true ? elements.find((element) => element.key === key)?.pieces : undefined;
    const added: Element = {
      pieces: [...(before ?? []), ...pieces],
      when: [],
      many: !known,
      key: known ? key : null,
    };
    setVariable(run, node.name, { kind: 'map', elements: merged('map', elements, [added]), exported });
    return;
  }
  const numbers = numbersOf(run, placeOf(run, index));
  const text = expandText(run, index)?.trim() ?? '';
  const written = /^[A-Za-z_]\w*$/.test(text)
    ? numbers.read(text)
    : /^-?\d+$/.test(text)
      ? Number(text)
      : null;
  const at =
    written === null
      ? endIndex(node.name, text, elements.length)
      : written - (written < 0 ? 0 : firstIndex(run));
  const certain = elements.every((element) => !element.many && element.when.length === 0);
  if (at === null || at < 0 || at > elements.length || !certain) {
    const added: Element = { pieces, when: [], many: false, key: null };
    setVariable(run, node.name, { kind: 'list', elements: [...elements, added], exported });
    return;
  }
  const before = node.append === true ? (elements[at]?.pieces ?? []) : [];
  const changed = [...elements];
  changed[at] = { pieces: [...before, ...pieces], when: [], many: false, key: null };
  setVariable(run, node.name, { kind: 'list', elements: changed, exported });
}

/** `A[${#A[@]}]=x`, which older scripts write for `A+=(x)`. */
function endIndex(name: string, text: string, length: number): number | null {
  return text === `\${#${name}[@]}` || text === `\${#${name}[*]}` ? length : null;
}

/** In an associative array the last value of a key counts. */
function merged(
  kind: 'list' | 'map',
  base: readonly Element[],
  added: readonly Element[],
): readonly Element[] {
  if (kind === 'list') return [...base, ...added];
  const keys = new Set(added.map((element) => element.key));
  // One entry of unknown key is enough to make every look-up uncertain.
  return [...base.filter((element) => !keys.has(element.key)), ...added];
}

function elementWords(run: Run, word: Word, kind: 'list' | 'map'): Element[] {
  const keyed = /^\[([^\]]{0,200})\]\+?=/.exec(word.text);
  if (keyed !== null) {
    const mapped = sliceMapped(run.script.mapped, word.pos + keyed[0].length, word.end);
    const parsed = mapped.text === '' ? null : parseWord(mapped);
    const pieces =
      parsed === null ? [] : withScript(run, parsed.script, () => expandPieces(run, parsed.word));
    const raw = (keyed[1] ?? '').replace(/^(["'])(.*)\1$/, '$2');
    const known = !/[$`]/.test(raw);
    return [{ pieces, when: [], many: !known, key: kind === 'map' && known ? raw : null }];
  }
  return expandFields(run, word).map((field) => elementOf(field));
}

export function elementOf(field: Field): Element {
  return {
    pieces: conditionalPieces(field).map((part) => ({ ...part, word: field.place, via: field.via })),
    when: field.when,
    many: field.many,
    key: null,
  };
}

const DECLARATIONS = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);

export function isDeclaration(name: string): boolean {
  return DECLARATIONS.has(name);
}

/** `export`, `declare`, `local`, `readonly` with what they name or set. */
export function declarations(run: Run, name: string, node: Command): Status {
  let options = '';
  for (const item of node.args) {
    if (item.type === 'Assignment') {
      declare(run, name, options, item.name, false);
      assignWith(run, item, attributesOf(name, options));
      if (options.includes('i')) evaluate(run, item);
      continue;
    }
    for (const field of expandFields(run, item)) {
      const text = fieldText(field);
      if (text === null) continue;
      if (/^[-+][A-Za-z]+$/.test(text)) options += text;
      else declareText(run, name, options, text, field);
    }
  }
  return true;
}

/** `declare -i`: the value is an arithmetic expression. */
function evaluate(run: Run, item: Assignment): void {
  if (item.value.type !== 'Word') return;
  const place = placeOf(run, item);
  const { text } = item.value;
  const node = { type: 'ArithmeticWord', pos: item.value.pos, end: item.value.end, value: text } as const;
  const value = calculate(node, numbersOf(run, place));
  if (value === null && !/^\d+$/.test(text))
    setVariable(run, item.name, {
      kind: 'scalar',
      pieces: [unknownPiece(item.name, place)],
      exported: false,
    });
}

function attributesOf(name: string, options: string): Attributes {
  const exported = (name === 'export' && !options.includes('-n')) || /-[a-zA-Z]*x/.test(options);
  const kind = /-[a-zA-Z]*A/.test(options) ? 'map' : /-[a-zA-Z]*a/.test(options) ? 'list' : undefined;
  return { ...(exported ? { exported } : {}), ...(kind === undefined ? {} : { kind }) };
}

/** An operand that expands to `NAME` or `NAME=value`. */
function declareText(run: Run, name: string, options: string, text: string, field: Field): void {
  const match = /^([A-Za-z_]\w*)(\+?=)?/.exec(text);
  const target = match?.[1];
  if (target === undefined || (match?.[2] === undefined && text !== target)) return;
  const place = field.place;
  const { exported, kind } = attributesOf(name, options);
  declare(run, name, options, target, true);
  if (match?.[2] !== undefined) {
    const pieces: Piece[] = [
      {
        ...(field.pieces[0] ?? unknownPiece(target, place)),
        text: text.slice(match[0].length),
        exact: false,
      },
    ];
    setVariable(run, target, { kind: 'scalar', pieces, exported: exported ?? false });
    return;
  }
  const old = run.state.variables.get(target);
  if (kind !== undefined && (old === undefined || old.kind === 'unset' || old.kind === 'scalar')) {
    setVariable(run, target, { kind, elements: [], exported: exported ?? false });
  } else if (exported === true)
    setVariable(run, target, { ...(old ?? outsideVariable(run, target, place)), exported });
}

/** `local`, and `declare` in a function, keep what the variable held before. */
function declare(run: Run, name: string, options: string, target: string, fresh: boolean): void {
  const call = run.calls.at(-1);
  const local =
    name === 'local' || ((name === 'declare' || name === 'typeset') && !/-[a-zA-Z]*g/.test(options));
  if (call === undefined || !local || call.saved.has(target)) return;
  call.saved.set(target, run.state.variables.get(target));
  if (fresh) setVariable(run, target, { kind: 'unset', exported: false });
}
