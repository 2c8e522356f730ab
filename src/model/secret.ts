/** What a secret gives that is handed in by the name of a variable. */
import { modelKeyOf, type SecretClass, secretClass } from '../knowledge/secrets.ts';
import type { OutcomeId } from './outcome.ts';
import type { Sandbox } from './sandbox.ts';

export interface SecretWorth {
  readonly outcome: OutcomeId;
  /** What hostile code does with it, as a clause that follows "code inside can". */
  readonly lets: string;
  /** It is meant to be there: the key of the agent inside, or the password of a service beside it. */
  readonly expected: boolean;
}

const LETS: Readonly<Record<SecretClass, string>> = {
  'model-key': 'call the model at your expense',
  git: 'read and change the repositories that it opens',
  cloud: 'act in your cloud account',
  registry: 'publish packages or images in your name',
  database: 'read and change what the database holds',
  other: 'act in your name wherever it is valid',
};

/** What has a password that is of use only to whoever shares its network. */
const HAS_PASSWORD: ReadonlySet<string> = new Set(['database', 'cache', 'queue', 'object-store']);

/** What the secret in a variable of this name is worth to code inside this sandbox. */
export function secretWorth(name: string, sandbox: Sandbox): SecretWorth {
  const kind = secretClass(name);
  const lets = LETS[kind];
  if (kind === 'model-key') {
    return { outcome: 'model-key', lets, expected: isOwnModelKey(name, sandbox) };
  }
  if (kind === 'database' && hasDatabaseBeside(sandbox)) {
    return { outcome: 'password', lets, expected: true };
  }
  return { outcome: `credential:${kind}`, lets, expected: false };
}

/** The key without which the agent that runs there could not work. */
function isOwnModelKey(name: string, sandbox: Sandbox): boolean {
  const owners = modelKeyOf(name)?.agents ?? [];
  return sandbox.agents.some((agent) => owners.includes(agent));
}

function hasDatabaseBeside(sandbox: Sandbox): boolean {
  return sandbox.network.neighbours.some(({ holds }) => holds !== null && HAS_PASSWORD.has(holds));
}
