/** Values that stand where a secret will be, or are a development password that everybody knows. */
import { wordSet } from './word-set.ts';

/**
 * Words of which a placeholder is made, alone or joined (`my-secret-password`, `postgres_dev`, `admin123`).
 * Gathered from what published compose and devcontainer files write; each is in common password lists, or
 * the name of the software that it is a password of.
 */
const PLACEHOLDER_WORDS = wordSet(`
  clickhouse sentry postgres postgresql pg mysql mariadb mongo mongodb redis rabbitmq rabbit guest minio minioadmin
  neo4j elastic kibana grafana keycloak airflow superset vscode node django rails laravel wordpress wp
  strapi nextauth docker localstack sa password passwd pass pwd passw0rd secret secrets token key
  apikey api auth credential credentials login user username admin administrator root master super
  changeme change me changeit replace replaceme this in for production prod it insert enter put paste
  set add fill your my own the a an here to with at least example examples sample demo test tests
  testing tester dev devel development local localhost dummy fake mock foo bar baz foobar default
  placeholder todo tbd fixme none null nil undefined empty unset unused not needed required na no
  nothing n true false yes on off value string something whatever anything random some letmein qwerty
  welcome hello world abc abcd abcdef asdf hunter trustno temp tmp supersecret supersecure secure
  insecure unsafe safe strong very long simple mypassword mysecret mysecretpassword rootpassword
  rootpass testpassword devpassword dbpassword secretkey db database app application jwt session
  signing encryption private access only build ci sk please do use id client
`);

/** Text that another tool fills in: `<token>`, `$X`, `{{ x }}`, `%X%`, `[token]`, `__TOKEN__`. */
const TEMPLATES: readonly RegExp[] = [
  /^<[^<>]{0,200}>$/,
  /^\$\w{1,200}$/,
  /^\$\([^()]{0,200}\)$/,
  /^\$?\{\{[^{}]{0,200}\}\}$/,
  /^%\w{1,200}%$/,
  /^\[[^[\]]{0,200}\]$/,
  /^__\w{1,200}__$/,
  /^@\w{1,200}@$/,
];

/** A variable of compose, a shell or a devcontainer; a default in it is a value. */
const REFERENCE = /^\$\{(?:(?:local|container)?env:)?\w{1,150}(?::?([-=?+])|:)?(.{0,200})\}$/i;

/** Openings that announce an instruction instead of a value. */
const INSTRUCTION =
  /^(?:your|change|replace|insert|enter|put|paste|todo|fixme|example|dummy|fake|placeholder)[-_ .]/i;

/** Sequences that a keyboard or a table of characters gives. */
const SEQUENCES: readonly string[] = [
  '01234567890123456789012345678901234567890123456789',
  '12345678901234567890123456789012345678901234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
];

const NAMED_ENDINGS = wordSet('password passwd pass pwd secret');

const LONGEST_PLACEHOLDER = 200;

/**
 * Is this text no secret at all: empty, a template, a truth value, a short number, or a word that stands in
 * every tutorial? For text under a secret's name; a real key never passes.
 */
export function isPlaceholder(value: string): boolean {
  const text = unquoted(value.trim());
  if (text === '') return true;
  if (text.length > LONGEST_PLACEHOLDER) return false;
  if (/^\d{1,4}$/.test(text) || TEMPLATES.some((pattern) => pattern.test(text))) return true;
  const reference = REFERENCE.exec(text);
  if (reference !== null) return reference[1] === '?' || isPlaceholder(reference[2] ?? '');
  if (INSTRUCTION.test(text) && !hasEntropy(text)) return true;
  return isRepeated(text) || isSequence(text) || isMadeOfWords(text);
}

function unquoted(text: string): string {
  const first = text[0];
  const quoted = text.length > 1 && (first === '"' || first === "'") && text.endsWith(first);
  return quoted ? text.slice(1, -1).trim() : text;
}

/** `xxx`, `****`, `........`, `0000-0000`: one character, separators aside. */
function isRepeated(text: string): boolean {
  const bare = text.replace(/[-_ ./]/g, '');
  return bare === '' || new Set(bare.toLowerCase()).size === 1;
}

function isSequence(text: string): boolean {
  const lower = text.toLowerCase();
  return lower.length >= 3 && SEQUENCES.some((sequence) => sequence.startsWith(lower));
}

/** Long parts that mix letters and digits come from a generator. */
function hasEntropy(text: string): boolean {
  return text
    .split(/[^A-Za-z0-9]+/)
    .some((part) => part.length > 12 && /\d/.test(part) && /[A-Za-z]/.test(part));
}

function isMadeOfWords(text: string): boolean {
  const separated = text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const parts = separated.split(/[^a-z0-9]+/).filter((part) => part !== '');
  if (parts.length > 1 && isNamedPassword(parts)) return true;
  return parts.length > 0 && parts.every(isPlaceholderPart) && parts.some((part) => /[a-z]/.test(part));
}

/** `shop_password`, `shop-dev-secret`: the name of the project and what it is, in letters alone. */
function isNamedPassword(parts: readonly string[]): boolean {
  return NAMED_ENDINGS.has(parts.at(-1) ?? '') && parts.every((part) => /^[a-z]{1,12}$/.test(part));
}

function isPlaceholderPart(part: string): boolean {
  if (PLACEHOLDER_WORDS.has(part) || /^\d{1,5}$/.test(part) || /^x{2,}$/.test(part)) return true;
  const word = part.replace(/\d{1,5}$/, '');
  return word !== part && PLACEHOLDER_WORDS.has(word);
}
