/** Numbers, times and addresses as Go's library reads them, and with it the engines' flags. */

const DIGITS = /^([+-]?)(0x(?:_?[\da-f])+|0b(?:_?[01])+|0o(?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/i;

/**
 * A whole number with the base in its prefix: `010` is eight, `1_000` a thousand (strconv.ParseInt with base 0,
 * which pflag uses for every flag that takes a number).
 */
export function parseWhole(text: string): bigint | null {
  const [, sign = '', digits] = DIGITS.exec(text) ?? [];
  if (digits === undefined) return null;
  const plain = digits.replaceAll('_', '').toLowerCase();
  const octal = /^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain;
  return sign === '-' ? -BigInt(octal) : BigInt(octal);
}

const INT64 = 2n ** 63n;

/** A number that fits into 64 bits with a sign; null: none. */
export function parseInteger(text: string): number | null {
  const whole = parseWhole(text);
  return whole === null || whole >= INT64 || whole < -INT64 ? null : Number(whole);
}

/** A quotient of whole numbers. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

const DECIMAL = /^([+-]?)(\d(?:_?\d)*)?(?:\.(\d(?:_?\d)*)?)?(?:e([+-]?\d{1,3}))?$/i;

/** `1.5`, `3/2`, `15e-1` (math/big Rat.SetString). */
function parseFraction(text: string): Fraction | null {
  const slash = text.indexOf('/');
  if (slash >= 0) {
    const [over, under] = [parseWhole(text.slice(0, slash)), parseWhole(text.slice(slash + 1))];
    return over === null || under === null || under <= 0n ? null : { over, under };
  }
  const whole = parseWhole(text);
  if (whole !== null && !/^[+-]?0\d/.test(text)) return { over: whole, under: 1n };
  const [, sign = '', before = '', after = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (before === '' && after === '') return null;
  const behind = after.replaceAll('_', '');
  const digits = BigInt(`${before.replaceAll('_', '')}${behind}`) * (sign === '-' ? -1n : 1n);
  const power = Number(exponent) - behind.length;
  return power < 0
    ? { over: digits, under: 10n ** BigInt(-power) }
    : { over: digits * 10n ** BigInt(power), under: 1n };
}

const NANO = 1_000_000_000n;

/** Processors of `--cpus`, in billionths at most (docker/cli opts/opts.go, ParseCPUs); null: none such. */
export function parseCpus(text: string): number | null {
  const fraction = parseFraction(text);
  if (fraction === null || (fraction.over * NANO) % fraction.under !== 0n) return null;
  return Number((fraction.over * NANO) / fraction.under) / Number(NANO);
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** strconv.ParseFloat, of what people write. */
export function parseFloat64(text: string): number | null {
  return FLOAT.test(text) ? Number(text) : null;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** `1m30s` in milliseconds (time.ParseDuration); null: no time. */
export function parseDuration(text: string): number | null {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return null;
  const parts = [...body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  const sum = parts.reduce((total, [, amount, unit = '']) => total + Number(amount) * (UNITS[unit] ?? 0), 0);
  return text.startsWith('-') ? -sum : sum;
}

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/** An address of IPv4 or IPv6, without brackets and zone (net.ParseIP). */
export function isAddress(text: string): boolean {
  if (IPV4.test(text)) return true;
  const last = text.slice(text.lastIndexOf(':') + 1);
  const tail = last.includes('.') ? (IPV4.test(last) ? '0:0' : 'x') : last;
  const groups = text.slice(0, text.length - last.length) + tail;
  const halves = groups.split('::');
  const counts = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (halves.length > 2 || counts.flat().some((group) => !/^[\da-f]{1,4}$/i.test(group))) return false;
  const count = counts.flat().length;
  return text.includes(':') && (halves.length === 2 ? count < 8 : count === 8);
}

/** EUI-48, EUI-64 or 20 octets, with one separator (net.ParseMAC). */
export function isHardwareAddress(text: string): boolean {
  const octets = /^[\da-f]{2}([:-])(?:[\da-f]{2}\1)*[\da-f]{2}$/i.test(text) ? (text.length + 1) / 3 : 0;
  const quads = /^[\da-f]{4}(?:\.[\da-f]{4})+$/i.test(text) ? ((text.length + 1) / 5) * 2 : 0;
  return [6, 8, 20].includes(octets + quads);
}
