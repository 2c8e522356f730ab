import { describe, expect, it, vi } from 'vitest';
import { decide } from '../../../src/semantics/seatbelt/decide.ts';
import { executionReach } from '../../../src/semantics/seatbelt/execution.ts';
import { deadParts, grantRoots } from '../../../src/semantics/seatbelt/grants.ts';
import { networkReach } from '../../../src/semantics/seatbelt/network.ts';
import { compilePattern, matchesPattern } from '../../../src/semantics/seatbelt/pattern.ts';
import { escapes, serviceReach } from '../../../src/semantics/seatbelt/services.ts';
import { profileOf, readVerdict } from '../../support/seatbelt.ts';

// A hang is what these tests look for; a busy machine must not look like one.
vi.setConfig({ testTimeout: 60_000 });

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('evaluation stops', () => {
  it.each([
    ['endless recursion', '(define (f) (f)) (f)'],
    ['endless recursion in arguments', '(define (f x) (f (f x))) (f 1)'],
    ['endless recursion through apply', '(define (f . x) (apply f x)) (f 1)'],
    ['endless recursion through map', `(define (f x) (map f '(1 2 3))) (f 1)`],
    ['an endless named let', '(let loop ((n 0)) (loop (+ n 1)))'],
    ['mutual recursion', '(define (f) (g)) (define (g) (f)) (f)'],
    ['a string that doubles', `(define s "aaaaaaaa")\n${lines(60, () => '(set! s (string-append s s))')}`],
    ['a list that doubles', `(define s (list 1 2))\n${lines(60, () => '(set! s (append s s))')}`],
    ['a list of itself', `(define s (list 1))\n${lines(60, () => '(set! s (list s s))')}`],
    ['a deep list', `(define s (list 1))\n${lines(2_000, () => '(set! s (list s))')}`],
    ['a filter that doubles', `(define f (literal "/a"))\n${lines(60, () => '(set! f (require-any f f))')}`],
    ['a deep filter', `(define f (literal "/a"))\n${lines(5_000, () => '(set! f (require-not f))')}`],
    ['deep sockets', `(define f (literal "/a"))\n${lines(500, () => '(set! f (remote unix-socket f))')}`],
    [
      'nested loops',
      `(define l '(${'1 '.repeat(1_000)}))(for-each (lambda (a) (for-each (lambda (b) (allow lsopen)) l)) l)`,
    ],
    ['too many rules', lines(30_000, () => '(allow lsopen)')],
    [
      'large expressions',
      lines(300, (index) => `(allow file-read* (regex "^/(x{200}|y{9${index % 10}})$"))`),
    ],
    ['deep cond', `(cond ${'(#f 1) '.repeat(5_000)})`],
  ])('at %s', (_, rules) => {
    const profile = profileOf(`(deny default)\n${rules}`, { given: {} });
    expect(profile.complete).toBe(false);
    expect(profile.diagnostics.map((one) => one.kind)).toContain('limit');
    expect(profile.rules.length).toBeLessThanOrEqual(20_000);
    expect(readVerdict(profile, '/b')).not.toBe('allow');
  });

  it('at forms nested too deep, and goes on behind them', () => {
    const profile = profileOf(`(deny default)\n${'(begin '.repeat(400)}${')'.repeat(400)}\n(allow lsopen)`);
    expect(profile.complete).toBe(false);
    expect(decide(profile.rules, 'lsopen').verdict).toBe('allow');
  });

  it('but not before a megabyte of plain rules is read', () => {
    const rules = lines(
      12_000,
      (index) => `(allow file-read* (subpath "/Users/u/some/where/deep/inside/a/tree/${index}"))`,
    );
    const profile = profileOf(`(deny default)\n${rules}`, { given: {} });
    expect(profile.complete).toBe(true);
    expect(readVerdict(profile, '/Users/u/some/where/deep/inside/a/tree/11999/x')).toBe('allow');
  });

  it('at conditions without number', () => {
    const rules = lines(3_000, (index) => `(when (param "P${index}") (allow file-read* (subpath "/a")))`);
    const profile = profileOf(`(deny default)\n${rules}`);
    expect(readVerdict(profile, '/a/b')).toBe('unknown');
    expect(readVerdict(profile, '/b')).toBe('deny');
  });

  it.each([['valueOf'], ['constructor'], ['toString'], ['hasOwnProperty']])(
    'names of the language underneath mean nothing: %s',
    (name) => {
      const profile = profileOf(
        `(deny default)(define ${name} "/a")(allow file-read* (subpath ${name}))(${name}x)`,
      );
      expect(readVerdict(profile, '/a/b')).toBe('allow');
      expect(readVerdict(profile, '/b')).toBe('deny');
      expect(profileOf(`(${name} 1)`).diagnostics.map((one) => one.code)).toContain('unknown-helper');
    },
  );

  it.each([
    ['(allow)'],
    ['(deny (subpath "/a"))'],
    ['(define)'],
    ['(define 1 2)'],
    ['(let)'],
    ['(let ((1 2)) 3)'],
    ['(lambda)'],
    ['(if)'],
    ['(cond 1)'],
    ['(case)'],
    ['(quote)'],
    ['(with)'],
    ['(with-filter)'],
    ['(import)'],
    ['(param)'],
    ['(require-all)'],
    ['(remote)'],
    ['(remote carrier-pigeon)'],
    ['(car (list))'],
    ['(cdr 1)'],
    ['(map)'],
    ['(apply)'],
    ['(substring "a" 2 1)'],
    ['(- "a")'],
    ['()'],
    ['(allow file-read* (list))'],
    ['`(,@1)'],
    ['(a . b)'],
    ['(version)'],
    ['(string-append)'],
    ['(regex)'],
    ['(literal (literal "/a"))'],
  ])('odd forms are no harm: %s', (form) => {
    const profile = profileOf(`(deny default)${form}(allow lsopen)`);
    expect(decide(profile.rules, 'lsopen').verdict).toBe('allow');
  });
});

describe('questions stay answerable', () => {
  it('about a profile of a thousand rules', () => {
    const rules = lines(
      1_000,
      (index) =>
        `(allow file* network* process-exec mach-lookup (regex #"(x+x+)+y${index}$") (remote tcp "*:${index + 1}"))`,
    );
    const profile = profileOf(`(deny default)\n${rules}`, { given: {} });
    expect(networkReach(profile.rules).outbound).toBe('ports');
    expect(executionReach(profile.rules).level).not.toBe('any');
    expect(escapes(profile.rules)).toEqual([]);
    expect(serviceReach(profile.rules).map((one) => one.service)).toEqual(['process-info']);
    expect(grantRoots(profile.rules).read.length).toBe(1_000);
    expect(deadParts(profile.rules)).toEqual([]);
  });
});

describe('regular expressions', () => {
  const long = 'a'.repeat(4_000);
  it.each([
    ['(a+)+$', `${long}b`, false],
    ['(a|a)*b', long, false],
    ['(a|aa)+$', `${long}b`, false],
    ['(.*)(.*)(.*)(.*)x', long, false],
    ['a{200}b', long, false],
    ['(a?){200}a{200}$', long, true],
    ['((a*)*)*b', long, false],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', long, false],
  ])('%s does not run away', (source, text, expected) => {
    const pattern = compilePattern(source);
    expect(pattern && matchesPattern(pattern, text)).toBe(expected);
  });

  it.each([
    ['((a{250}){250}){250}'],
    ['(((((((){256}){256}){256}){256}){256}){256})x{2000}'],
    [`${'('.repeat(5_000)}`],
    ['['],
    ['a**'],
    ['+a'],
    ['x'.repeat(100_000)],
  ])('refuses %s', (source) => {
    expect(compilePattern(source)).toBeNull();
  });

  it('repeats nothing at no cost', () => {
    const pattern = compilePattern(`${'('.repeat(30)}${'){256}'.repeat(30)}$`);
    expect(pattern && matchesPattern(pattern, 'a')).toBe(true);
  });

  it('gives no answer about a text that is too long', () => {
    const pattern = compilePattern('a');
    expect(pattern && matchesPattern(pattern, 'a'.repeat(5_000))).toBeNull();
  });
});
