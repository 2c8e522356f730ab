import { describe, expect, it } from 'vitest';
import {
  isPlaceholder,
  isSecretAddress,
  isSecretName,
  judgeLiteral,
  looksLikeToken,
  modelKeyOf,
  secretClass,
  secretSpans,
  urlPassword,
} from '../../src/knowledge/secrets.ts';

/** Made at run time, so that no scanner takes this file for a leak. */
const random = (length: number): string =>
  Array.from({ length }, (_, at) => 'aB3dE5gH7jK9mN2pQ4sT6vW8yZ'[(at * 7 + 3) % 26]).join('');
const TOKEN = `ghp_${random(36)}`;

describe('names', () => {
  it.each(
    `GITHUB_TOKEN GH_TOKEN NPM_TOKEN API_TOKEN MY_SECRET SECRET_KEY JWT_SECRET POSTGRES_PASSWORD DB_PASS
    MYSQL_PWD PGPASSWORD MYSQL_ROOT_PASSWORD AWS_SECRET_ACCESS_KEY OPENAI_API_KEY ANTHROPIC_API_KEY OPENAI_KEY
    CLAUDE_CODE_OAUTH_TOKEN APP_KEY SECRET_KEY_BASE PRIVATE_KEY SSH_PRIVATE_KEY ENCRYPTION_KEY GITHUB_PAT
    EMAIL_HOST_PASSWORD DB_USER_PASSWORD CACHE_PASSWORD STORE_PASSWORD CLIENT_SECRET githubToken npm.auth-token
    COMPOSER_AUTH DOCKER_AUTH_CONFIG VAULT_TOKEN ACCESS_TOKENS TOKEN PASSWORD password SUPABASE_SERVICE_ROLE_KEY
    SLACK_WEBHOOK_URL GIT_CREDENTIALS API_KEY_1 TOKEN2 AUTHTOKEN GPG_PASSPHRASE ID_TOKEN N8N_ENCRYPTION_KEY DBPASS REDISPASS`.split(
      /\s+/,
    ),
  )('%s is a secret', (name) => expect(isSecretName(name)).toBe(true));

  it.each(
    `TOKEN_FILE POSTGRES_PASSWORD_FILE SECRET_PATH PUBLIC_KEY JWT_PUBLIC_KEY TOKENIZERS_PARALLELISM MAX_TOKENS
    CLAUDE_CODE_MAX_OUTPUT_TOKENS PASSWORD_MIN_LENGTH COMPOSER_HOME COMPOSER_ALLOW_SUPERUSER KEYBOARD SSH_AUTH_SOCK
    PWD OLDPWD HOST_PWD GIT_ASKPASS SSH_ASKPASS COMPASS BYPASS TOKEN_URL TOKEN_EXPIRY SECRET_NAME AWS_ACCESS_KEY_ID
    AWS_WEB_IDENTITY_TOKEN_FILE MYSQL_ALLOW_EMPTY_PASSWORD MYSQL_RANDOM_ROOT_PASSWORD GOOGLE_APPLICATION_CREDENTIALS
    CACHE_KEY PRIMARY_KEY SORT_KEY NEXT_PUBLIC_API_KEY STRIPE_PUBLISHABLE_KEY SUPABASE_ANON_KEY XDG_SESSION_TYPE
    DBUS_SESSION_BUS_ADDRESS KUBECONFIG POSTGRES_USER POSTGRES_DB PASSWORD_STORE_DIR USE_TOKEN NODE_ENV PATH HOME
    TOKENS TOKEN_LIMIT PATIENCE PATH_PREFIX ALLOW_PASSWORD DATABASE_URL PASS_SCHEME`.split(/\s+/),
  )('%s is none', (name) => expect(isSecretName(name)).toBe(false));

  it('tells addresses apart', () => {
    expect(['DATABASE_URL', 'SENTRY_DSN', 'MONGO_URI', 'AUTH_DATABASE_URL'].every(isSecretAddress)).toBe(
      true,
    );
    expect(['API_URL', 'DATABASE_HOST', 'BASE_URL'].some(isSecretAddress)).toBe(false);
  });

  it.each([
    ['ANTHROPIC_API_KEY', 'model-key'],
    ['CLAUDE_CODE_OAUTH_TOKEN', 'model-key'],
    ['GEMINI_API_KEY', 'model-key'],
    ['GITHUB_TOKEN', 'git'],
    ['GITLAB_ACCESS_TOKEN', 'git'],
    ['AWS_SECRET_ACCESS_KEY', 'cloud'],
    ['CLOUDFLARE_API_TOKEN', 'cloud'],
    ['NPM_TOKEN', 'registry'],
    ['DOCKER_PASSWORD', 'registry'],
    ['POSTGRES_PASSWORD', 'database'],
    ['DATABASE_URL', 'database'],
    ['STRIPE_KEY', 'other'],
  ])('%s is of the class %s', (name, kind) => expect(secretClass(name)).toBe(kind));

  it('knows whose model a key is for', () => {
    expect(modelKeyOf('ANTHROPIC_API_KEY')).toMatchObject({ provider: 'Anthropic' });
    expect(modelKeyOf('ANTHROPIC_API_KEY')?.agents).toContain('claude');
    expect(modelKeyOf('OPENAI_API_KEY')?.agents).toContain('codex');
    expect(modelKeyOf('GITHUB_TOKEN')).toBeNull();
  });
});

describe('placeholders', () => {
  it.each([
    ...[
      '',
      '  ',
      'postgres',
      'password',
      'changeme',
      'CHANGE_ME',
      'example',
      'root',
      'admin',
      'test',
      'secret',
      'dummy',
      'xxx',
    ],
    ...[
      'xxxxxxxx',
      'your-token-here',
      'YOUR_API_KEY',
      '<token>',
      'true',
      'false',
      '1',
      '1234',
      '${TOKEN}',
      '$TOKEN',
      '{{ x }}',
    ],
    ...[
      'my-secret-password',
      'postgres_dev',
      'admin123',
      'password1',
      'supersecret',
      'minioadmin',
      'guest',
      'letmein',
    ],
    ...[
      'insert your key',
      'replace-me-in-production',
      '********',
      '...',
      '12345678',
      '0000000000',
      '"postgres"',
      'dev',
      'sk-xxxx',
    ],
    ...[
      'not-needed',
      'none',
      'test-token',
      'dummy-key',
      'MyPassword',
      '%TOKEN%',
      '__TOKEN__',
      'changeit',
      'root-password',
      'shop_password',
      'abcdef',
    ],
  ])('%s is one', (value) => expect(isPlaceholder(value)).toBe(true));

  it.each([
    ...[
      'hunter2-x9Kq',
      'S3cr3t!Pa55-9f',
      'kJ8sQz71mW',
      'correct-horse-battery',
      '98237498172394',
      TOKEN,
      random(20),
    ],
    ...['7f3c2a9e4b1d', 'my-company-2019-vpn', 'Tr0ub4dor&3', 'x'.repeat(300), `your-${random(24)}`],
  ])('%s is none', (value) => expect(isPlaceholder(value)).toBe(false));
});

describe('shapes', () => {
  it.each([
    ['GitHub', TOKEN],
    ['GitHub, fine-grained', `github_pat_${random(60)}`],
    ['GitLab', `glpat-${random(20)}`],
    ['Anthropic', `sk-ant-api03-${random(60)}`],
    ['OpenAI', `sk-proj-${random(48)}`],
    ['OpenAI, old', `sk-${random(48)}`],
    ['AWS', `AKIA${'Z7Q4W2K5M3N6P7R2'}`],
    ['Google', `AIza${random(35)}`],
    ['Slack', `xoxb-${random(30)}`],
    ['npm', `npm_${random(36)}`],
    ['Docker Hub', `dckr_pat_${random(27)}`],
    ['Hugging Face', `hf_${random(34)}`],
    ['Stripe', `sk_live_${random(24)}`],
    ['JWT', `eyJ${random(20)}.eyJ${random(30)}.${random(40)}`],
    [
      'a private key',
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${random(64)}\n-----END OPENSSH PRIVATE KEY-----`,
    ],
    ['a private key cut short', `-----BEGIN RSA PRIVATE KEY-----\n${random(64)}`],
    ['one in a sentence', `use ${TOKEN} for it`],
  ])('%s is seen', (_, value) => expect(looksLikeToken(value)).toBe(true));

  it.each([
    'hello',
    'sk-fading-circle-with-long-class-name',
    `ghp_${'x'.repeat(36)}`,
    'AKIAIOSFODNN7EXAMPLE',
    'sk-your-api-key-goes-here-please',
    '-----BEGIN PUBLIC KEY-----',
    '-----BEGIN CERTIFICATE-----',
    'npm_config_cache',
    'github_pat_',
    'risk-assessment-of-2024-and-later-years',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4',
  ])('%s is not', (value) => expect(looksLikeToken(value)).toBe(false));
});

describe('passwords in addresses', () => {
  it.each([
    ['postgres://app:s3cr3t@db:5432/x', 's3cr3t'],
    ['redis://:pw@cache', 'pw'],
    ['see https://u:p@ss@host/path', 'p@ss'],
    ['a://b c://u:v@h', 'v'],
    ['mongodb+srv://u:p%40q@h/db?x=y@z', 'p%40q'],
  ])('%s holds %s', (value, password) => {
    const span = urlPassword(value);
    expect(span === null ? null : value.slice(span.start, span.end)).toBe(password);
  });

  it.each([
    'https://host/path',
    'https://user@host',
    'https://host:8080/a@b',
    'ssh://git@github.com:22/x',
    'postgres://app:@db/x',
    '://u:p@h',
    'http://[::1]:80/',
    'mailto:a:b@c',
  ])('%s holds none', (value) => expect(urlPassword(value)).toBeNull());
});

describe('literals', () => {
  it.each([
    ['DB_PASSWORD', 'kJ8sQz71mW', 'secret'],
    ['GREETING', TOKEN, 'secret'],
    ['DATABASE_URL', 'postgres://app:kJ8sQz71mW@db/x', 'secret'],
    ['HOMEPAGE', 'https://u:kJ8sQz71mW@host', 'secret'],
    ['DB_PASSWORD', 'postgres', 'placeholder'],
    ['DATABASE_URL', 'postgres://postgres:postgres@db/x', 'placeholder'],
    ['API_TOKEN', 'changeme', 'placeholder'],
    ['ACME_PASSWORD', 'acme', 'placeholder'],
    ['ACME_PASSWORD', 'acmes', 'secret'],
    ['ACME_PASSWORD', '${ACME_PASSWORD:-kJ8sQz71mW}', 'secret'],
    ['ACME_PASSWORD', '${ACME_PASSWORD:-postgres}', 'placeholder'],
    ['ACME_PASSWORD', '${ACME_PASSWORD:?say it}', 'placeholder'],
    ['DATABASE_URL', 'postgres://${U:-app}:${P:-postgres}@db', 'placeholder'],
    ['DATABASE_URL', 'postgres://db/x', null],
    ['DB_PASSWORD', '', null],
    ['DB_PASSWORD', 'true', null],
    ['DB_PASSWORD', '/run/secrets/db', null],
    ['DB_PASSWORD', 'op://vault/item/field', null],
    ['GREETING', 'kJ8sQz71mW', null],
    ['PASSWORD_FILE', 'kJ8sQz71mW', null],
  ])('%s=%s is %s', (name, value, verdict) => expect(judgeLiteral(name, value)).toBe(verdict));
});

describe('redaction', () => {
  const redact = (text: string): string =>
    secretSpans(text).reduceRight(
      (rest, { start, end }) => `${rest.slice(0, start)}#${rest.slice(end)}`,
      text,
    );

  it.each([
    ['docker run -e API_TOKEN=kJ8s img', 'docker run -e API_TOKEN=# img'],
    ['DB_PASSWORD: "two words" # why', 'DB_PASSWORD: # # why'],
    ['  DB_PASSWORD: two words', '  DB_PASSWORD: #'],
    ['"apiKey": "kJ8s", "b": 1', '"apiKey": #, "b": 1'],
    ['mysql --password hunter2 -u x', 'mysql --password # -u x'],
    ['mysql --password=hunter2 -u x', 'mysql --password=# -u x'],
    ['postgres://a:b@c/d', 'postgres://a:#@c/d'],
    [`echo ${TOKEN} | sh`, 'echo # | sh'],
    ['curl -H "Authorization: Bearer kJ8sQz71mW12"', 'curl -H "Authorization: #'],
    ['TOKEN=$TOKEN run', 'TOKEN=$TOKEN run'],
    ['TOKEN=${TOKEN:?} run', 'TOKEN=${TOKEN:?} run'],
    ['TOKEN=${TOKEN:-kJ8s} run', 'TOKEN=# run'],
    ['[[ -n "${DEPLOY_TOKEN:-}" ]] && deploy', '[[ -n "${DEPLOY_TOKEN:-}" ]] && deploy'],
    ['[[ -n "${DEPLOY_TOKEN-}" ]]', '[[ -n "${DEPLOY_TOKEN-}" ]]'],
    ['run "${DB_PASSWORD:-kJ8s}" x', 'run "${DB_PASSWORD:-#}" x'],
    ['run "${DB_PASSWORD-kJ8s}" x', 'run "${DB_PASSWORD-#}" x'],
    ['run "${DB_PASSWORD:=kJ8s}" x', 'run "${DB_PASSWORD:=#}" x'],
    ['run "${DB_PASSWORD:-${OTHER}}" x', 'run "${DB_PASSWORD:-${OTHER}}" x'],
    ['run "${DB_PASSWORD:-a${OTHER}b}" x', 'run "${DB_PASSWORD:-#}" x'],
    ['run "${DB_PASSWORD:-open', 'run "${DB_PASSWORD:-#'],
    ['${GH_TOKEN:+-e GH_TOKEN} image', '${GH_TOKEN:+-e GH_TOKEN} image'],
    ['${GH_TOKEN:?set it} image', '${GH_TOKEN:?set it} image'],
    ['${X:+--password kJ8s}', '${X:+--password #'],
    ['-v $SSH_KEY:/root/.ssh/id:ro', '-v $SSH_KEY:/root/.ssh/id:ro'],
    ['-v "$SSH_KEY:$HOME/key"', '-v "$SSH_KEY:$HOME/key"'],
    ['-v api_token:/run/token', '-v api_token:/run/token'],
    ['-v api_token:/t:ro x', '-v api_token:/t:ro x'],
    ['curl -u api_token:/kJ8sQz+71mW', 'curl -u api_token:#'],
    ['API_TOKEN: /kJ8sQz', 'API_TOKEN: #'],
    ['$password = "kJ8s"', '$password = #'],
    ['[ "$API_TOKEN" = "" ]', '[ "$API_TOKEN" = "" ]'],
    ['[[ $API_TOKEN == kJ8s ]]', '[[ $API_TOKEN == # ]]'],
    ['[ "$API_TOKEN" != "kJ8s" ]', '[ "$API_TOKEN" != # ]'],
    ['[[ $API_TOKEN =~ ^kJ8s ]]', '[[ $API_TOKEN =~ # ]]'],
    ['nothing here', 'nothing here'],
    ['MAX_TOKENS=4096', 'MAX_TOKENS=4096'],
    ['a=1', 'a=1'],
    ['--token authentication', '--token #'],
    ["PASSWORD='unclosed", 'PASSWORD=#'],
  ])('%s is shown as %s', (text, shown) => expect(redact(text)).toBe(shown));

  it('takes a private key out whole', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${random(64)}\n-----END RSA PRIVATE KEY-----`;
    expect(redact(`a ${key} b`)).toBe('a # b');
  });

  it('gives spans in order and apart', () => {
    const spans = secretSpans(`A_TOKEN=${TOKEN} B_TOKEN=x postgres://u:${TOKEN}@h C_SECRET: y`);
    expect(spans.length).toBe(4);
    expect(spans.every((span, at) => span.start < span.end && span.start > (spans[at - 1]?.end ?? -1))).toBe(
      true,
    );
  });
});

describe('hostile text', () => {
  const MEGABYTE = 1_000_000;
  /** Doubling the text may not quadruple the time: a run-away pattern would take minutes at this size. */
  it.each([
    ['letters', 'a'],
    ['openings of tokens', 'eyJ'],
    ['openings of segments', 'eyJaaaaaaaaaa.'],
    ['openings of keys', '-----BEGIN PRIVATE KEY-----'],
    ['half openings of keys', '-----BEGIN '],
    ['addresses', 'a://'],
    ['addresses without an end', 'a://b:'],
    ['assignments', 'TOKEN='],
    ['flags', '--token '],
    ['quotes', 'TOKEN="'],
    ['colons', 'TOKEN: '],
    ['spaces', ' '],
    ['names with spaces', 'TOKEN          '],
    ['prefixes', 'sk-'],
    ['bearers', 'Bearer '],
    ['underscores', '_'],
    ['capitals', 'aB'],
    ['dollars', '${'],
  ])('of many %s ends', { timeout: 5000 }, (_, unit) => {
    const text = unit.repeat(Math.ceil(MEGABYTE / unit.length));
    const spans = secretSpans(text);
    expect(spans.every((span) => span.end <= text.length)).toBe(true);
    expect(typeof looksLikeToken(text)).toBe('boolean');
    expect(isPlaceholder(text)).toBe(/^\s*$/.test(text));
    expect(isSecretName(text)).toBe(false);
    expect(judgeLiteral('A_TOKEN', text)).toBe(/^\s*$/.test(text) ? null : 'secret');
  });
});
