import type {Config} from './config.ts';

/** A value of a property list; null where a key has none. */
export type PlistValue =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly PlistValue[]
  | {readonly [key: string]: PlistValue}
  | null;

/**
 * What a key may hold. `path` is relative to the server's folder unless absolute; `port` is 0 to 65535; `mode` are octal permission
 * bits; `date-time` is in UTC; `networks` are addresses or blocks (10.0.0.0/8); `dict` is not looked into.
 */
export type KeyType =
  | 'boolean'
  | 'integer'
  | 'port'
  | 'mode'
  | 'string'
  | 'path'
  | 'timezone'
  | 'date-time'
  | 'strings'
  | 'ports'
  | 'patterns'
  | 'addresses'
  | 'networks'
  | 'dict';

/** A dotted path into Config: `limits.userQuotaBytes`. */
export type ConfigPath = Paths<Omit<Config, 'file' | 'folder'>>;
type Paths<T> = {[K in keyof T & string]: T[K] extends Leaf ? K : `${K}.${Paths<T[K]>}`}[keyof T & string];
type Leaf = string | number | boolean | readonly unknown[];

/** A row of the table: a key of caldavd.plist. */
export interface ConfigKey {
  /** The names from the outermost dictionary inwards, joined by dots: `Authentication.Basic.Enabled`. */
  readonly key: string;
  readonly type: KeyType;
  /** What holds when the plist does not say; for a path, relative to the server's folder. */
  readonly default: PlistValue;
  /** For people: what it means. */
  readonly meaning: string;
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** Where it goes in Config; undefined for a key that is known but without effect here. */
  readonly config?: ConfigPath;
  /** Why it has no effect here, to follow "because"; undefined for a key that is honoured. */
  readonly because?: string;
}
