import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** A request as a client sent it, without its credentials: the lines of its head, and its body. */
export interface Recorded {
  /** Whose it is: the name of the file it stands in. */
  readonly client: string;
  readonly head: readonly string[];
  readonly body: string;
}

const folder = join(import.meta.dirname, 'corpus');

/**
 * What the clients of `test/clients` and `test/real-clients`, and the examples of the RFCs, ask: one file a client, requests parted by
 * a line of `=====`. Ann has the account 10000000-0000-0000-0000-000000000001, Bob the next.
 */
export function readCorpus(): Recorded[] {
  return readdirSync(folder)
    .sort()
    .flatMap(file =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n=====\n')
        .map(request => {
          const end = request.indexOf('\n\n');
          const head = (end < 0 ? request : request.slice(0, end)).trimEnd().split('\n');
          const body = end < 0 ? '' : request.slice(end + 2);
          return {
            client: file.replace(/\.txt$/, ''),
            head,
            body: body.startsWith('BEGIN:') ? body.replaceAll('\n', '\r\n') : body,
          };
        }),
    );
}
