import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/semantics/seatbelt/decide.ts';
import {
  evaluateText,
  filePermission,
  lineOf,
  machVerdict,
  outboundVerdict,
  profileOf,
  readVerdict,
  textAt,
  writeVerdict,
} from '../../support/seatbelt.ts';

/** Programs that all come to: `/a` readable, `/b` not. */
const READS_A: readonly (readonly [what: string, rules: string])[] = [
  ['a rule', '(allow file-read* (subpath "/a"))'],
  ['a constant', '(define place "/a")(allow file-read* (subpath place))'],
  ['a function that gives a filter', '(define (f p) (subpath p))(allow file-read* (f "/a"))'],
  ['a function that gives rules', '(define (f p) (allow file-read* (subpath p)))(f "/a")'],
  [
    'rest arguments',
    '(define (f . all) (for-each (lambda (p) (allow file-read* (subpath p))) all))(f "/a" "/c")',
  ],
  ['a lambda', '((lambda (p) (allow file-read* (subpath p))) "/a")'],
  ['let', '(let ((p "/a")) (allow file-read* (subpath p)))'],
  ['let*', '(let* ((p "/") (q (string-append p "a"))) (allow file-read* (subpath q)))'],
  ['letrec', '(letrec ((f (lambda (n) (if (= n 0) "/a" (f (- n 1)))))) (allow file-read* (subpath (f 3))))'],
  [
    'named let',
    `(let loop ((all '("/a" "/c"))) (if (not (null? all)) (begin (allow file-read* (subpath (car all))) (loop (cdr all)))))`,
  ],
  ['begin', '(begin (allow file-read* (subpath "/a")))'],
  ['if', '(if (string=? "x" "x") (allow file-read* (subpath "/a")) (allow file-read* (subpath "/b")))'],
  [
    'cond',
    '(cond (#f (allow file-read*)) ((= 1 1) (allow file-read* (subpath "/a"))) (else (allow file-read*)))',
  ],
  ['cond with an arrow', '(cond ("/a" => (lambda (p) (allow file-read* (subpath p)))))'],
  ['case', `(case 'two ((one) (allow file-read*)) ((two) (allow file-read* (subpath "/a"))))`],
  ['when and unless', '(when #t (allow file-read* (subpath "/a")))(unless #t (allow file-read*))'],
  ['and, or, not', '(if (and #t (or #f (not #f))) (allow file-read* (subpath "/a")))'],
  [
    'for-each over two lists',
    `(for-each (lambda (p q) (allow file-read* (subpath (string-append p q)))) '("/") '("a"))`,
  ],
  ['map', `(apply allow (append (list 'file-read*) (map subpath '("/a" "/c"))))`],
  ['apply of a filter', `(allow file-read* (apply require-any (list (literal "/a/x") (subpath "/a"))))`],
  [
    'quasi-quotation',
    '(define p "/a")(for-each (lambda (q) (allow file-read* (subpath q))) `(,p ,@(list "/c")))',
  ],
  ['with-filter', '(with-filter (subpath "/a") (allow file-read*))'],
  ['define-once', '(define p "/a")(define-once p "/b")(allow file-read* (subpath p))'],
  ['set!', '(define p "/b")(set! p "/a")(allow file-read* (subpath p))'],
  ['substring', '(allow file-read* (subpath (substring "x/ay" 1 3)))'],
  ['regex-quote', '(allow file-read* (regex (string-append "^" (regex-quote "/a") "/")))'],
  ['string->number', '(if (> (string->number "14") 10) (allow file-read* (subpath "/a")))'],
  ['defined?', `(if (defined? 'file-read*) (allow file-read* (subpath "/a")) (allow file-read*))`],
  ['member', `(if (member "b" '("a" "b")) (allow file-read* (subpath "/a")))`],
  ['assoc', `(allow file-read* (subpath (cadr (assoc "k" '(("j" "/b") ("k" "/a"))))))`],
  ['a shadowed builtin', '(define (subpath p) (literal "/a/x"))(allow file-read* (subpath "/b"))'],
  ['a modifier first', '(allow (with report) file-read* (subpath "/a"))'],
  ['a modifier last', '(allow file-read* (subpath "/a") (with no-log) (with message "m"))'],
  ['a datum comment', '(allow file-read* #;(subpath "/b") (subpath "/a"))'],
  ['a filter of several paths', '(allow file-read* (subpath "/c" "/a"))'],
];

describe('evaluateProfile', () => {
  it.each(READS_A)('%s', (_, rules) => {
    const profile = profileOf(`(deny default)${rules}`, { given: {} });
    expect(profile.diagnostics).toEqual([]);
    expect(readVerdict(profile, '/a/x')).toBe('allow');
    expect(readVerdict(profile, '/b/x')).toBe('deny');
  });

  it('keeps rules in order with their own places', () => {
    const profile = profileOf('(deny default)\n(allow file-read* ; here\n  (subpath "/a"))');
    expect(profile.rules.map((rule) => rule.action)).toEqual(['deny', 'allow']);
    expect(textAt(profile.rules[1]?.place)).toBe('(allow file-read* ; here\n  (subpath "/a"))');
    expect(textAt(profile.version)).toBe('(version 1)');
  });

  it('tells the calls that led to a rule', () => {
    const profile = profileOf('(define (f p)\n (allow file-read* (subpath p)))\n(define (g) (f "/a"))\n(g)');
    expect(lineOf(profile.rules[0]?.place)).toBe(3);
    expect(profile.rules[0]?.callSites.map(textAt)).toEqual(['(g)', '(f "/a")']);
  });

  it('points at the alternative that decides', () => {
    const profile = profileOf(
      '(allow file-read*\n (literal "/a")\n (subpath "/b")\n (require-any (literal "/c")\n  (literal "/d")))',
    );
    const at = (path: string) => textAt(decide(profile.rules, 'file-read-data', { kind: 'path', path }).at);
    expect(at('/a')).toBe('(literal "/a")');
    expect(at('/b/x')).toBe('(subpath "/b")');
    expect(at('/d')).toBe('(literal "/d")');
  });

  it('points at the call where a function made the filter', () => {
    const profile = profileOf(
      '(define (h p) (subpath (string-append "/Users/u" p)))\n(allow file-read*\n (h "/x")\n (h "/.ssh"))',
    );
    const decision = decide(profile.rules, 'file-read-data', { kind: 'path', path: '/Users/u/.ssh/id' });
    expect(textAt(decision.at)).toBe('(h "/.ssh")');
  });
});

describe('imports', () => {
  it('reads a profile that is at hand, and points into it', () => {
    const profile = profileOf('(import "base.sb")(allow file-read* (f "/a"))', {
      imports: { 'base.sb': '(version 1)\n(deny default)\n(define (f p) (subpath p))\n(allow lsopen)' },
      given: {},
    });
    expect(profile.diagnostics).toEqual([]);
    const opened = profile.rules.find((rule) => rule.operations.includes('lsopen'));
    expect(opened?.place.source.path).toBe('base.sb');
    expect(opened?.callSites.map(textAt)).toEqual(['(import "base.sb")']);
    expect(readVerdict(profile, '/a/x')).toBe('allow');
  });

  it('summarises system.sb', () => {
    const profile = profileOf('(deny default)\n(import "system.sb")');
    const decision = decide(profile.rules, 'file-read-data', {
      kind: 'path',
      path: '/usr/lib/libSystem.dylib',
    });
    expect(decision).toMatchObject({ verdict: 'allow', rule: { origin: 'implied' } });
    expect(textAt(decision.at)).toBe('(import "system.sb")');
    expect(readVerdict(profile, '/Users/u/.ssh/id_rsa')).toBe('deny');
    expect(outboundVerdict(profile, 'any-remote', 443)).toBe('deny');
    expect(machVerdict(profile, 'com.apple.trustd')).toBe('allow');
    expect(machVerdict(profile, 'com.apple.networkd')).toBe('deny');
    expect(
      decide(profile.rules, 'mach-lookup', { kind: 'mach', name: 'any.xpc', namespace: 'xpc-service-name' })
        .verdict,
    ).toBe('allow');
    expect(filePermission(profile, 'file-read-metadata', '/Users/u/.zshrc')).toBe('deny');
  });

  it('summarises bsd.sb: everything can be stat-ed', () => {
    const profile = profileOf('(deny default)(import "/System/Library/Sandbox/Profiles/bsd.sb")');
    expect(filePermission(profile, 'file-read-metadata', '/Users/u/.zshrc')).toBe('allow');
    expect(readVerdict(profile, '/Users/u/.zshrc')).toBe('deny');
  });

  it('lets system-network allow what it does only where it is called', () => {
    const called = profileOf('(deny default)(import "system.sb")\n(system-network)', { given: {} });
    expect(machVerdict(called, 'com.apple.networkd')).toBe('allow');
    expect(called.diagnostics).toEqual([]);
    const missing = profileOf('(deny default)(system-network)', { given: {} });
    expect(missing.diagnostics.map((one) => one.code)).toEqual(['unknown-helper']);
    expect(machVerdict(missing, 'com.apple.networkd')).toBe('deny');
  });

  it('does not follow profiles that import each other for ever', () => {
    const profile = profileOf('(import "a.sb")(deny default)', {
      imports: { 'a.sb': '(import "b.sb")', 'b.sb': '(import "a.sb")' },
    });
    expect(profile.complete).toBe(false);
  });

  it('says what it cannot read, and proves nothing by unbound names then', () => {
    const profile = profileOf('(import "company.sb")(allow file-read* (subpath COMPANY_DIR))', { given: {} });
    expect(profile.rejected).toBeNull();
    expect(profile.diagnostics.map((one) => one.code)).toEqual(['unknown-import', 'unbound-variable']);
    expect(readVerdict(profile, '/x')).toBe('unknown');
  });
});

describe('refused profiles', () => {
  it.each([
    ['no-version', '(deny default)'],
    ['wrong-version', '(version 2)(deny default)'],
    ['no-such-feature', '(version 1)(setenv "A" "1")'],
    ['unbound-variable', '(version 1)(allow file-read* (subpath HOME))'],
    ['unbound-variable', '(version 1)(deny default)\nfoo'],
    ['unbound-variable', '(version 1)(set! missing 1)'],
    ['host-name', '(version 1)(allow network-outbound (remote ip "10.0.0.1:443"))'],
    ['host-name', '(version 1)(allow network-outbound (remote tcp "*:80" "example.org:443"))'],
    ['parameter-missing', '(version 1)(allow file-read* (subpath (param "X")))'],
    ['parameter-missing', '(version 1)(allow file-read* (subpath (string-append (param "X") "/a")))'],
    ['type-error', '(version 1)(allow file-read* (subpath 12))'],
    ['type-error', '(version 1)(allow file-read* "/a")'],
    ['type-error', '(version 1)(define (f a) a)(f 1 2)'],
    ['type-error', '(version 1)("f" 1)'],
    ['error-called', '(version 1)(if (not (param "X")) (error "X is needed"))'],
  ])('%s: %s', (code, text) => {
    expect(evaluateText(text, { given: {} }).rejected?.code).toBe(code);
  });

  it('says where', () => {
    const profile = profileOf('(deny default)\n(allow file-read* (subpath (param "WS")))', { given: {} });
    expect(textAt(profile.rejected?.place)).toBe('(param "WS")');
  });

  it('is not certain of what only happens on a condition, or without a launcher', () => {
    expect(profileOf('(if (param "X") (setenv "A" "1"))').rejected).toBeNull();
    expect(profileOf('(allow file-read* (subpath (param "X")))').rejected).toBeNull();
    expect(evaluateText('(deny default)').rejected).toBeNull();
    expect(evaluateText('(deny default)').diagnostics.map((one) => one.code)).toEqual(['no-version']);
  });

  it('does not refuse a name that may be a newer filter', () => {
    const profile = profileOf('(deny default)(allow file-read* (some-new-filter "/a"))', { given: {} });
    expect(profile.rejected).toBeNull();
    expect(profile.diagnostics.map((one) => one.code)).toEqual(['unknown-helper']);
    expect(readVerdict(profile, '/a')).toBe('unknown');
  });

  it('takes an operation of a known family for a newer one', () => {
    const profile = profileOf('(deny default)(allow file-write-newattr)', { given: {} });
    expect(profile.diagnostics).toEqual([]);
    expect(filePermission(profile, 'file-write-newattr', '/a')).toBe('allow');
    expect(filePermission(profile, 'file-write-data', '/a')).toBe('deny');
  });
});

describe('parameters', () => {
  it('are what the launcher gives', () => {
    const profile = profileOf('(deny default)(allow file-write* (subpath (param "WS")))', {
      given: { WS: '/w' },
    });
    expect(writeVerdict(profile, '/w/a')).toBe('allow');
    expect(profile.parameters).toMatchObject([{ name: 'WS', state: 'given' }]);
  });

  it.each([
    ['HOME', '/Users/u/x'],
    ['_HOME', '/Users/u/x'],
    ['HOME_DIR', '/Users/u/x'],
    ['WRITABLE_ROOT_0', '/Users/u/w/x'],
    ['TARGET_DIR', '/Users/u/w/x'],
    ['PROJECT_DIR', '/Users/u/w/x'],
    ['_GLOBAL_TMP_DIR', '/private/tmp/x'],
  ])('%s is taken for what it usually holds, and said so', (name, path) => {
    const profile = profileOf(`(deny default)(allow file-write* (subpath (param "${name}")))`);
    const decision = decide(profile.rules, 'file-write-data', { kind: 'path', path });
    expect(decision.verdict).toBe('allow');
    expect(decision.assumptions.join()).toContain(name);
    expect(writeVerdict(profile, '/opt/x')).toBe('deny');
  });

  it('leave unused include slots without effect', () => {
    const profile = profileOf('(deny default)(allow file-write* (subpath (param "INCLUDE_DIR_3")))');
    expect(writeVerdict(profile, '/Users/u/w/x')).toBe('deny');
  });

  it('that say nothing make every path possible', () => {
    const profile = profileOf(
      '(deny default)(allow file-write* (subpath (string-append "/opt/" (param "NAME"))))',
    );
    expect(writeVerdict(profile, '/opt/a')).toBe('unknown');
    expect(writeVerdict(profile, '/usr/a')).toBe('deny');
    expect(profile.parameters).toMatchObject([{ name: 'NAME', state: 'unknown' }]);
  });

  it('without a launcher open both branches, and name what decides', () => {
    const profile = profileOf('(deny default)(if (param "NET") (allow network*) (allow lsopen))');
    expect(profile.rules.map((rule) => rule.conditions.map((one) => one.holds))).toEqual([
      [],
      [true],
      [false],
    ]);
    const decision = decide(profile.rules, 'lsopen');
    expect(decision.verdict).toBe('unknown');
    expect(decision.reasons).toEqual(['it depends on whether the parameter NET is given']);
    expect(textAt(decision.at)).toBe('(allow lsopen)');
  });

  it('that change nothing leave the verdict known', () => {
    const rules = '(deny default)(if (param "X") (allow file-read* (subpath "/a")) (allow file-read*))';
    expect(readVerdict(profileOf(rules), '/a/x')).toBe('allow');
    expect(readVerdict(profileOf(rules), '/b')).toBe('unknown');
  });

  it('are one fact wherever they are asked for', () => {
    const rules = '(deny default)(when (param "X") (allow lsopen))(unless (param "X") (allow lsopen))';
    expect(decide(profileOf(rules).rules, 'lsopen').verdict).toBe('allow');
    const nested = '(deny default)(when (param "X") (if (param "X") (allow lsopen) (allow signal)))';
    expect(profileOf(nested).rules.length).toBe(2);
  });

  it.each([
    ['(not (param "X"))'],
    ['(and (param "X") (param "Y"))'],
    ['(or (param "X") (param "Y"))'],
    ['(string=? (param "X") "1")'],
    ['(equal? (param "X") "1")'],
    ['(string? (param "X"))'],
    ['(and #t (param "X") #t)'],
    ["(defined? 'some-newer-thing)"],
  ])('decide %s at the run alone', (test) => {
    const profile = profileOf(`(deny default)(if ${test} (allow lsopen) (deny lsopen))`);
    expect(decide(profile.rules, 'lsopen').verdict).toBe('unknown');
    const rest = profileOf(`(deny default)(if ${test} (allow lsopen) (allow lsopen))`);
    expect(decide(rest.rules, 'lsopen').verdict).toBe('allow');
  });

  it('keep what a branch defines apart', () => {
    const profile = profileOf(
      '(deny default)(define p "/a")(if (param "X") (set! p "/b"))(allow file-read* (subpath p))',
    );
    expect(readVerdict(profile, '/a/x')).toBe('unknown');
    expect(readVerdict(profile, '/b/x')).toBe('unknown');
  });

  it('are tried both ways up to a number, and in doubt beyond it', () => {
    const many = Array.from({ length: 12 }, (_, index) => `(when (param "P${index}") (allow lsopen))`).join(
      '',
    );
    expect(decide(profileOf(`(deny default)${many}`).rules, 'lsopen').verdict).toBe('unknown');
    expect(decide(profileOf(`(allow default)${many}`).rules, 'lsopen').verdict).toBe('allow');
  });
});

describe('placeholders', () => {
  it.each([
    ['"[HOMEDIR]/.ssh"'],
    ['"__HOME_DIR__/.ssh"'],
    ['"@HOME@/.ssh"'],
    ['"${HOME}/.ssh"'],
    ['"{home}/.ssh"'],
    ['"<%= home %>/.ssh"'],
  ])('%s stands for the home directory', (text) => {
    const profile = profileOf(`(deny default)(allow file-read* (subpath ${text}))`);
    const decision = decide(profile.rules, 'file-read-data', { kind: 'path', path: '/Users/u/.ssh/id' });
    expect(decision.verdict).toBe('allow');
    expect(decision.assumptions.length).toBe(1);
    expect(profile.diagnostics.map((one) => one.code)).toEqual(['placeholder']);
  });

  it('that say nothing make the path unknown', () => {
    const profile = profileOf('(deny default)(allow file-read* (subpath "/opt/__NAME__/x"))');
    expect(readVerdict(profile, '/opt/a/x')).toBe('unknown');
    expect(readVerdict(profile, '/usr/x')).toBe('deny');
  });

  it('do not eat character classes', () => {
    const profile = profileOf('(deny default)(allow file-read* (regex #"^/dev/tty[A-Z]{2}[a-z0-9]*$"))');
    expect(profile.diagnostics).toEqual([]);
    expect(readVerdict(profile, '/dev/ttyAB9')).toBe('allow');
    expect(readVerdict(profile, '/dev/tty9')).toBe('deny');
  });

  it('between forms leave rules out that cannot be known', () => {
    const profile = profileOf('(deny default)\n__MORE_RULES__\n(allow lsopen)');
    expect(profile.diagnostics.map((one) => [one.kind, one.code])).toEqual([['partial', 'placeholder']]);
    expect(decide(profile.rules, 'lsopen').verdict).toBe('allow');
  });
});
