/** Secrets that show by their shape alone: prefixes that providers gave to their tokens, keys, addresses. */
import { isPlaceholder } from './placeholders.ts';

/** Offsets into the text that was given, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TokenShape {
  readonly id: string;
  /** Begins only where no word character stands before it, and every repeat is bounded: linear. */
  readonly pattern: RegExp;
  /** A match needs a digit: otherwise it may be words joined by hyphens. */
  readonly needsDigit: boolean;
  readonly reason: string;
  readonly reference: string;
}

const shape = (
  id: string,
  body: string,
  title: string,
  reference: string,
  needsDigit = false,
): TokenShape => ({
  id,
  pattern: new RegExp(`(?<![\\w-])(?:${body})`, 'g'),
  needsDigit,
  reason: `${title} has this prefix.`,
  reference,
});

const GITHUB =
  'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/';
const SCANNING =
  'https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns';

export const TOKEN_SHAPES: readonly TokenShape[] = [
  shape('github', 'gh[pousr]_[A-Za-z0-9]{30,255}', 'A GitHub token', GITHUB),
  shape('github-fine-grained', 'github_pat_[A-Za-z0-9_]{30,255}', 'A fine-grained GitHub token', GITHUB),
  shape(
    'gitlab',
    'gl(?:pat|rt|dt|cbt|ptt|ft|soat|imt|agent)-[\\w-]{20,255}',
    'A GitLab token',
    'https://docs.gitlab.com/security/tokens/',
  ),
  shape('anthropic', 'sk-ant-[\\w-]{20,255}', 'A key of Anthropic', SCANNING),
  shape(
    'openai',
    'sk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-|lf-)?[\\w-]{20,255}',
    'A key of OpenAI and those like it',
    SCANNING,
    true,
  ),
  shape(
    'aws-key-id',
    '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])',
    'An access key id of AWS',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
  ),
  shape('google-api', 'AIza[\\w-]{35}(?![\\w-])', 'A Google API key', SCANNING),
  shape('google-oauth', 'ya29\\.[\\w-]{20,1024}', 'A Google access token', SCANNING),
  shape(
    'slack',
    'xox[abeoprs]-[A-Za-z0-9-]{10,255}',
    'A Slack token',
    'https://api.slack.com/concepts/token-types',
  ),
  shape(
    'slack-app',
    'xapp-[0-9]-[A-Za-z0-9-]{10,255}',
    'A Slack app token',
    'https://api.slack.com/concepts/token-types',
  ),
  shape(
    'npm',
    'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])',
    'An npm access token',
    'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
  ),
  shape('pypi', 'pypi-AgEI[\\w-]{20,1024}', 'A PyPI token', 'https://pypi.org/help/#apitoken'),
  shape('docker', 'dckr_(?:pat|oat)_[\\w-]{20,255}', 'A Docker Hub token', SCANNING),
  shape(
    'stripe',
    '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}',
    'A secret key of Stripe',
    'https://docs.stripe.com/keys',
  ),
  shape('huggingface', 'hf_[A-Za-z0-9]{30,255}', 'A Hugging Face token', SCANNING),
  shape('digitalocean', 'do[opr]_v1_[a-f0-9]{64}', 'A DigitalOcean token', SCANNING),
  shape('sendgrid', 'SG\\.[\\w-]{16,64}\\.[\\w-]{16,64}', 'A SendGrid key', SCANNING),
  shape(
    'vault',
    'hv[sbr]\\.[\\w-]{20,255}',
    'A token of Vault',
    'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  ),
  shape('groq', 'gsk_[A-Za-z0-9]{30,255}', 'A key of Groq', SCANNING),
  shape('xai', 'xai-[A-Za-z0-9]{40,255}', 'A key of xAI', SCANNING),
  shape('linear', 'lin_api_[A-Za-z0-9]{30,255}', 'A key of Linear', SCANNING),
  shape('notion', 'ntn_[A-Za-z0-9]{30,255}', 'A token of Notion', SCANNING),
  shape('databricks', 'dapi[a-f0-9]{32}(?![A-Za-z0-9])', 'A token of Databricks', SCANNING),
  shape('tailscale', 'tskey-[a-z]{2,12}-[\\w-]{10,255}', 'A key of Tailscale', SCANNING),
  shape(
    'jwt',
    'eyJ[\\w-]{10,4096}\\.eyJ[\\w-]{5,4096}\\.[\\w-]{10,4096}',
    'A JSON web token',
    'https://www.rfc-editor.org/rfc/rfc7519',
  ),
  shape('age', 'AGE-SECRET-KEY-1[A-Z0-9]{50,70}', 'A key of age', 'https://github.com/FiloSottile/age'),
  shape(
    'slack-webhook',
    'https://hooks\\.slack\\.com/(?:services|workflows)/[\\w/+-]{20,255}',
    'A Slack webhook',
    'https://api.slack.com/messaging/webhooks',
  ),
  shape(
    'discord-webhook',
    'https://discord(?:app)?\\.com/api/webhooks/[0-9]{10,25}/[\\w-]{20,255}',
    'A Discord webhook',
    'https://discord.com/developers/docs/resources/webhook',
  ),
];

const KEY_OPEN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_CLOSE = '-----END ';

/** Private keys in PEM or OpenPGP armour: from the header to the end of the footer, or of the text. */
function keySpans(text: string): Span[] {
  const spans: Span[] = [];
  const pattern = new RegExp(KEY_OPEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const footer = text.indexOf(KEY_CLOSE, match.index);
    const close = footer < 0 ? -1 : text.indexOf('-----', footer + KEY_CLOSE.length);
    const end = close < 0 ? text.length : close + 5;
    spans.push({ start: match.index, end });
    pattern.lastIndex = end;
  }
  return spans;
}

/** Where tokens and private keys stand in a text; those that are made up as examples are left out. */
export function tokenSpans(text: string): readonly Span[] {
  const spans = keySpans(text);
  for (const { pattern, needsDigit } of TOKEN_SHAPES) {
    for (const match of text.matchAll(pattern)) {
      const token = match[0];
      if ((needsDigit && !/\d/.test(token)) || isMadeUp(token)) continue;
      spans.push({ start: match.index, end: match.index + token.length });
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** Documentation shows tokens that cannot be real: `ghp_xxxxxxxx…`, `AKIAIOSFODNN7EXAMPLE`, `sk-your-key-here`. */
function isMadeUp(token: string): boolean {
  if (/example$|your[-_]|[-_]here$|changeme|placeholder|(.)\1{9}/i.test(token)) return true;
  const tail = token.slice(token.search(/[-_.]/) + 1);
  return isPlaceholder(tail);
}

/** True when the value holds a token or private key, under whatever name. */
export function looksLikeToken(value: string): boolean {
  return tokenSpans(value).length > 0;
}

/** Characters that end the part of an address that can hold `user:password@`. */
const AUTHORITY_END = /[/?#\s"'`<>,;|\\]|$/g;

/** A colon in `${USER:-app}` parts nothing. */
const REFERENCE = /\$\{[^{}]*\}/g;

/**
 * The password in the first `scheme://user:password@host` from an offset on.
 * @returns its span, or null when there is none, or an empty one
 */
export function urlPassword(value: string, from = 0): Span | null {
  for (let at = value.indexOf('://', from); at >= 0; at = value.indexOf('://', at + 3)) {
    const start = at + 3;
    const stop = new RegExp(AUTHORITY_END);
    stop.lastIndex = start;
    const end = stop.exec(value)?.index ?? value.length;
    const authority = value.slice(start, end).replace(REFERENCE, (text) => '_'.repeat(text.length));
    const host = authority.lastIndexOf('@');
    const colon = authority.indexOf(':');
    if (at > 0 && /[A-Za-z0-9+.-]/.test(value[at - 1] ?? '') && colon >= 0 && host > colon + 1) {
      return { start: start + colon + 1, end: start + host };
    }
  }
  return null;
}
