import type {Answer, Client} from './client.ts';
import type {ServerInfo} from './server-info.ts';
import type {Variables} from './substitute.ts';

/** What one run of one script remembers. */
export interface Session {
  /** The script's file: data files are looked for from there. */
  readonly file: string;
  readonly info: ServerInfo;
  readonly variables: Variables;
  readonly client: Client;
  /** The resource that a compound method found last, or a Location told of: what `$` means as a URI. */
  found: string | undefined;
  /** All that were found, to tell two apart that were modified in the same second. */
  readonly seen: Set<string>;
  /** The last ETag seen at a URI. */
  readonly etags: Map<string, string>;
  /** How many responses of 2xx the last multistatus had, its first one not counted. */
  count: number;
  /** How often a request's data was used, for `iterate-data`. */
  readonly uses: Map<object, number>;
  /** To be deleted when the script is done. */
  readonly endDeletes: Deletion[];
  /** What was asked and answered last, for `--details`. */
  last: Exchange | undefined;
}

export interface Exchange {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  readonly answer: Answer | undefined;
}

export interface Deletion {
  readonly uri: string;
  readonly credentials: Credentials;
}

/** Whose request it is; undefined: nobody's. */
export type Credentials = {readonly user: string; readonly password: string} | undefined;

export function createSession(file: string, info: ServerInfo, variables: Variables, client: Client): Session {
  return {
    file,
    info,
    variables,
    client,
    found: undefined,
    seen: new Set(),
    etags: new Map(),
    count: 0,
    uses: new Map(),
    endDeletes: [],
    last: undefined,
  };
}
