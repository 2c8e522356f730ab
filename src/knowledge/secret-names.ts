/** Which variable names say that their value is a secret, and of what kind. */
import { wordSet } from './word-set.ts';

/** Words that are a secret by themselves, wherever they stand in a name. */
const SECRET_WORDS = wordSet(`
  TOKEN SECRET SECRETS PASSWORD PASSWORDS PASSWD PASSPHRASE CREDENTIAL CREDENTIALS CREDS APIKEY
`);

/** Short words that mean it only at the end of a name, after another word: DB_PASS, MYSQL_PWD, GITHUB_PAT. */
const SECRET_LAST_WORDS = wordSet('PASS PWD PAT');
/** Words that end in PASS and are none, as DBPASS is one. */
const PASS_WORDS = wordSet('PASS ASKPASS BYPASS COMPASS SURPASS TRESPASS ENCOMPASS OVERPASS UNDERPASS');
/** `HOST_PWD` and its like hold the directory that a shell was in. */
const DIRECTORY_OWNERS = wordSet('HOST LOCAL PROJECT WORKSPACE CURRENT OLD HOME REPO');

/** Ends of words that were written without a separator: PGPASSWORD, AUTHTOKEN. */
const SECRET_ENDINGS: readonly string[] = ['PASSWORD', 'PASSWD', 'PASSPHRASE', 'APIKEY', 'TOKEN', 'SECRET'];

/**
 * Words that make a following KEY (or KEYS) a secret one; the last are providers whose variable says no more
 * than that. Others are sort keys, cache keys, names of keys.
 */
const KEY_KINDS = wordSet(`
  API ACCESS ACCOUNT ADMIN APP APPLICATION AUTH CLIENT COOKIE CRYPT DEPLOY ENCRYPTION FERNET HMAC JWT
  LICENSE MASTER PRIVATE PRIV ROLE ROOT RSA SERVER SERVICE SESSION SIGNING SSH STORAGE
  SUBSCRIPTION TLS SSL WRITE OPENAI ANTHROPIC GEMINI GROQ STRIPE SENDGRID TWILIO MAILGUN DATADOG DD
  AZURE SUPABASE TAVILY
`);

/** After the last word that says secret, these make the name one about a secret: how long, which kind, where. */
const ABOUT_WORDS = wordSet(`
  FILE FILES FILENAME PATH DIR DIRECTORY LOCATION FOLDER SOCK SOCKET STORE URL URI HOST PORT ENDPOINT
  ISSUER AUDIENCE DOMAIN REGION SCOPE SCOPES ID IDS NAME NAMES USER USERNAME EMAIL LABEL PREFIX SUFFIX
  HEADER FIELD MIN MAX NUM COUNT LIMIT LIMITS LENGTH LEN SIZE BUDGET WINDOW RATE RATIO TTL EXPIRY
  EXPIRES EXPIRE EXPIRATION TIMEOUT LIFETIME AGE DAYS HOURS MINUTES SECONDS INTERVAL ROTATION GRACE
  TYPE ALGORITHM ALGO ALG HASHER HASHERS FORMAT POLICY POLICIES VALIDATOR VALIDATORS REQUIRED ENABLED
  DISABLED VERSION MANAGER PROVIDER BACKEND HELPER PROCESS COMMAND CMD METHOD MODE CLASS ENGINE SERIES
  SYMBOL ADDRESS CONTRACT CACHE COST PRICE
`);
/** Anywhere in a name, these make it a setting: MYSQL_ALLOW_EMPTY_PASSWORD, LLM_MAX_TOKEN. */
const SETTING_WORDS = wordSet('MAX MIN ALLOW EMPTY RANDOM REQUIRE DISABLE ENABLE SKIP IGNORE');
/** As the first word, these do: USE_TOKEN, NO_PASSWORD, PUBLIC_TOKEN. */
const SETTING_FIRST_WORDS = wordSet('USE HAS IS NO NUM PUBLIC WITHOUT');

/** Whole names that hold a secret although no word says so, or although a word says otherwise. */
const EXACT_SECRETS = wordSet(`
  COMPOSER_AUTH DOCKER_AUTH_CONFIG REDISCLI_AUTH NPM_AUTH NPM_CONFIG__AUTH _AUTH BW_SESSION
  VAULT_SECRET_ID SECRET_KEY_BASE AZURE_STORAGE_CONNECTION_STRING SLACK_WEBHOOK_URL
  DISCORD_WEBHOOK_URL TEAMS_WEBHOOK_URL SSH_PRIVATE_KEY GPG_PRIVATE_KEY KUBE_CONFIG_DATA TF_API_TOKEN
  HTTP_BASIC_AUTH
`);

/** Addresses that usually carry a password; as literals they count only when one stands in them. */
const ADDRESSES = wordSet(`
  DATABASE_URL DATABASE_URI DB_URL DB_URI DSN MONGO_URI MONGO_URL MONGODB_URI MONGODB_URL POSTGRES_URL
  MYSQL_URL REDIS_URL AMQP_URL RABBITMQ_URL CELERY_BROKER_URL BROKER_URL SQLALCHEMY_DATABASE_URI
`);
const ADDRESS_ENDINGS: readonly string[] = ['_DATABASE_URL', '_DATABASE_URI', '_DSN', '_CONNECTION_STRING'];

/** Whole names that look like a secret's and are none. `PWD` is the shell's directory. */
const EXACT_HARMLESS: ReadonlySet<string> = new Set([
  'PWD',
  'OLDPWD',
  'INIT_CWD',
  // A path (https://cloud.google.com/docs/authentication/application-default-credentials).
  'GOOGLE_APPLICATION_CREDENTIALS',
  'CLAUDE_CODE_API_KEY_HELPER_TTL_MS',
]);

const LONGEST_NAME = 200;
/** `TOKENS` is an amount unless it is said to be one of these. */
const TOKEN_KINDS: ReadonlySet<string> = new Set(['API', 'AUTH', 'ACCESS', 'BEARER', 'REFRESH', 'SERVICE']);

/** `githubToken`, `npm.auth-token` and `GITHUB_TOKEN` are the same words. */
function wordsOf(name: string): string[] {
  const separated = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return separated
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
}

function isSecretWord(word: string, before: string | undefined, isLast: boolean): boolean {
  if (SECRET_WORDS.has(word)) return true;
  if (SECRET_LAST_WORDS.has(word)) return isLast && before !== undefined && !DIRECTORY_OWNERS.has(before);
  if (word === 'KEY' || word === 'KEYS') return before !== undefined && KEY_KINDS.has(before);
  if (word === 'TOKENS') return before !== undefined && TOKEN_KINDS.has(before);
  if (isLast && word.endsWith('PASS') && !PASS_WORDS.has(word)) return true;
  const bare = word.replace(/[0-9]{1,3}$/, '');
  return SECRET_ENDINGS.some((ending) => bare.endsWith(ending));
}

/** True for an address that usually carries a password: `DATABASE_URL`, `SENTRY_DSN`. */
export function isSecretAddress(name: string): boolean {
  const upper = name.toUpperCase();
  return ADDRESSES.has(upper) || ADDRESS_ENDINGS.some((ending) => upper.endsWith(ending));
}

/**
 * Does the name of a variable say that its value is a secret? `GITHUB_TOKEN` does; `TOKEN_FILE`, `MAX_TOKENS`,
 * `PUBLIC_KEY` and `SSH_AUTH_SOCK` do not. Upper and lower case are the same. Addresses are another question
 * (`isSecretAddress`).
 */
export function isSecretName(name: string): boolean {
  if (name === '' || name.length > LONGEST_NAME) return false;
  const upper = name.toUpperCase().replace(/[.-]/g, '_');
  if (EXACT_SECRETS.has(upper)) return true;
  if (EXACT_HARMLESS.has(upper) || upper.startsWith('NEXT_PUBLIC_')) return false;
  const words = wordsOf(name);
  if (SETTING_FIRST_WORDS.has(words[0] ?? '') || words.some((word) => SETTING_WORDS.has(word))) return false;
  const last = words.findLastIndex((word, at) => isSecretWord(word, words[at - 1], at === words.length - 1));
  return last >= 0 && !words.slice(last + 1).some((word) => ABOUT_WORDS.has(word));
}

export type SecretClass = 'model-key' | 'git' | 'cloud' | 'registry' | 'database' | 'other';

export interface ModelKey {
  readonly name: string;
  readonly provider: string;
  /** Coding agents, by the names of `agents`, for which this is the key of their own model. */
  readonly agents: readonly string[];
  readonly reason: string;
  readonly reference: string;
}

/** Agents that talk to whichever provider one has a key for. */
const ANY_PROVIDER = ['opencode', 'aider', 'goose', 'openhands', 'cline', 'continue', 'crush'] as const;

const modelKey = (name: string, provider: string, own: readonly string[], reference: string): ModelKey => ({
  name,
  provider,
  agents: [...own, ...ANY_PROVIDER],
  reason: `It pays for calls to models of ${provider}, and nothing else.`,
  reference,
});

const CLAUDE = 'https://docs.anthropic.com/en/docs/claude-code/settings';
const LITELLM = 'https://docs.litellm.ai/docs/providers';

export const MODEL_KEYS: readonly ModelKey[] = [
  modelKey('ANTHROPIC_API_KEY', 'Anthropic', ['claude'], CLAUDE),
  modelKey('ANTHROPIC_AUTH_TOKEN', 'Anthropic', ['claude'], CLAUDE),
  modelKey('CLAUDE_CODE_OAUTH_TOKEN', 'Anthropic', ['claude'], CLAUDE),
  modelKey('CLAUDE_API_KEY', 'Anthropic', ['claude'], CLAUDE),
  modelKey('OPENAI_API_KEY', 'OpenAI', ['codex'], 'https://github.com/openai/codex/tree/main/docs'),
  modelKey('CODEX_API_KEY', 'OpenAI', ['codex'], 'https://github.com/openai/codex/tree/main/docs'),
  modelKey(
    'GEMINI_API_KEY',
    'Google',
    ['gemini'],
    'https://github.com/google-gemini/gemini-cli/tree/main/docs',
  ),
  modelKey(
    'GOOGLE_API_KEY',
    'Google',
    ['gemini'],
    'https://github.com/google-gemini/gemini-cli/tree/main/docs',
  ),
  modelKey('GOOGLE_GENERATIVE_AI_API_KEY', 'Google', ['gemini'], LITELLM),
  modelKey(
    'CURSOR_API_KEY',
    'Cursor',
    ['cursor-agent'],
    'https://docs.cursor.com/en/cli/reference/authentication',
  ),
  modelKey('AMP_API_KEY', 'Sourcegraph', ['amp'], 'https://ampcode.com/manual'),
  modelKey('DASHSCOPE_API_KEY', 'Alibaba Cloud', ['qwen'], 'https://github.com/QwenLM/qwen-code'),
  modelKey('QWEN_API_KEY', 'Alibaba Cloud', ['qwen'], 'https://github.com/QwenLM/qwen-code'),
  modelKey('LLM_API_KEY', 'the configured provider', [], 'https://docs.all-hands.dev/'),
  modelKey('AZURE_OPENAI_API_KEY', 'Azure OpenAI', ['codex'], LITELLM),
  modelKey('AWS_BEARER_TOKEN_BEDROCK', 'Amazon Bedrock', ['claude'], CLAUDE),
  modelKey('OPENROUTER_API_KEY', 'OpenRouter', [], LITELLM),
  modelKey('GROQ_API_KEY', 'Groq', [], LITELLM),
  modelKey('MISTRAL_API_KEY', 'Mistral', [], LITELLM),
  modelKey('DEEPSEEK_API_KEY', 'DeepSeek', [], LITELLM),
  modelKey('XAI_API_KEY', 'xAI', [], LITELLM),
  modelKey('TOGETHER_API_KEY', 'Together', [], LITELLM),
  modelKey('FIREWORKS_API_KEY', 'Fireworks', [], LITELLM),
  modelKey('COHERE_API_KEY', 'Cohere', [], LITELLM),
  modelKey('CEREBRAS_API_KEY', 'Cerebras', [], LITELLM),
  modelKey('PERPLEXITY_API_KEY', 'Perplexity', [], LITELLM),
  modelKey('MOONSHOT_API_KEY', 'Moonshot', [], LITELLM),
  modelKey('ZAI_API_KEY', 'Z.ai', [], LITELLM),
  modelKey('VOYAGE_API_KEY', 'Voyage', [], LITELLM),
];

const MODEL_KEY_BY_NAME = new Map(MODEL_KEYS.map((key) => [key.name, key]));

/** The model provider's key that a variable of this name holds, or null. */
export function modelKeyOf(name: string): ModelKey | null {
  return MODEL_KEY_BY_NAME.get(name.toUpperCase()) ?? null;
}

/** Words that tell what a secret opens; the first in a name decides. */
const CLASS_WORDS: readonly (readonly [SecretClass, ReadonlySet<string>])[] = [
  ['git', wordSet('GITHUB GH GITLAB GL GIT BITBUCKET GITEA FORGEJO GHE')],
  [
    'cloud',
    wordSet(`
      AWS AZURE ARM GCP GOOGLE GCLOUD CLOUDFLARE CF DIGITALOCEAN HEROKU FLY VERCEL NETLIFY HCLOUD LINODE
      PULUMI TF TERRAFORM VAULT KUBE RAILWAY RENDER
    `),
  ],
  [
    'registry',
    wordSet(`
      NPM NODE YARN PYPI TWINE CARGO DOCKER DOCKERHUB REGISTRY NUGET GEM RUBYGEMS MAVEN ARTIFACTORY COMPOSER
      HF HUGGINGFACE HUGGING
    `),
  ],
  [
    'database',
    wordSet(`
      POSTGRES POSTGRESQL PG PGPASSWORD MYSQL MARIADB MONGO MONGODB REDIS REDISCLI DB DATABASE MSSQL SA NEO4J
      CLICKHOUSE ELASTIC RABBITMQ SQL
    `),
  ],
];

/** What a secret of this name opens; `other` when the name does not tell. */
export function secretClass(name: string): SecretClass {
  if (modelKeyOf(name) !== null) return 'model-key';
  if (isSecretAddress(name)) return 'database';
  for (const word of wordsOf(name)) {
    const known = CLASS_WORDS.find(([, words]) => words.has(word));
    if (known !== undefined) return known[0];
  }
  return 'other';
}
