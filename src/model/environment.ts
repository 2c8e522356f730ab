/** Environment variables and files of them, as far as they carry credentials in. Values are never printed. */
import type { Origin, Value } from './value.ts';

export interface Variable {
  readonly name: string;
  /**
   * - `literal`: the value stands in the definition.
   * - `host`: it is taken from the host's environment (by name, pattern or substitution), or from a command that it runs.
   * - `file`: it stands in an env file that was read.
   */
  readonly from: 'literal' | 'host' | 'file';
  /** The value inside; for `host` what is known of it. For classification only: never shown. */
  readonly value: Value<string>;
  /** Names of the host's variables that flow in. */
  readonly hostNames: readonly string[];
  /** Commands that the host runs to fill it, as written: `$(pass show token)`. */
  readonly commands?: readonly string[];
  /** `build`: seen by the build alone (arguments), or baked into the image (ENV). */
  readonly phase: 'run' | 'build' | 'image';
  readonly origin: Origin;
  /** It is set in some ways of a script only, and replaces none of the same name. */
  readonly conditional?: true;
}

export interface EnvironmentFile {
  readonly path: string;
  /** Names of the variables in it; null: it could not be read. */
  readonly names: readonly string[] | null;
  /** Names whose value is a secret by `knowledge/secrets`. */
  readonly secrets: readonly string[];
  readonly why: string | null;
  readonly origin: Origin;
}

/** A process that code inside can read the environment off. */
export interface EnvironmentHolder {
  /** How it comes about, in one clause. */
  readonly evidence: string;
  /** One imperative sentence. */
  readonly remedy: string;
}

export interface Environment {
  readonly variables: readonly Variable[];
  readonly files: readonly EnvironmentFile[];
  /** The whole environment of the host's shell comes along. */
  readonly inheritsAll: Origin | null;
  /** Set where the program itself starts without it, and it can be read off another process inside. */
  readonly leftIn?: EnvironmentHolder;
}
