import {setTimeout as sleep} from 'node:timers/promises';
import {exchange} from './exchange.ts';
import {deleteMembers, type Member, membersOf} from './members.ts';
import type {Credentials, Session} from './session.ts';
import {encodeUri} from './uri.ts';

/** What a compound method came to: done, failed, or a resource to GET. */
export type Outcome = 'done' | {readonly failure: string} | {readonly found: string};

/** A request with its URIs filled in. */
export interface CompoundRequest {
  readonly session: Session;
  readonly uris: readonly string[];
  readonly credentials: Credentials;
  /** What stands behind the method's name. */
  readonly argument: string;
}

/** A method that scripts have and HTTP does not. */
export interface Compound {
  readonly name: string;
  run(request: CompoundRequest): Promise<Outcome>;
}

/** The compound methods. Those that answer a resource are then a GET of it, with its verifiers and grabs. */
const compounds: readonly Compound[] = [
  {name: 'DELETEALL', run: deleteAll},
  {name: 'DELAY', run: delay},
  {name: 'GETNEW', run: request => newest(request)},
  {name: 'GETOTHER', run: request => newest(request, request.session.found)},
  {name: 'GETCHANGED', run: changed},
  {name: 'WAITCHANGED', run: changed},
  {name: 'GETCONTAINS', run: containing},
  {name: 'WAITCOUNT', run: request => counted(request, false)},
  {name: 'WAITDELETEALL', run: request => counted(request, true)},
];

/** The row of a method, and what stands behind its name. */
export function findCompound(method: string): {compound: Compound; argument: string} | undefined {
  const [name = '', ...argument] = method.split(' ');
  const compound = compounds.find(row => row.name === name);
  return compound && {compound, argument: argument.join(' ')};
}

async function deleteAll({session, uris, credentials}: CompoundRequest): Promise<Outcome> {
  for (const uri of uris) {
    const failure = await deleteMembers(session, await membersOf(session, uri, credentials), credentials);
    if (failure) return {failure};
  }
  return 'done';
}

async function delay({uris}: CompoundRequest): Promise<Outcome> {
  await sleep(Number(uris[0] ?? 0) * 1000);
  return 'done';
}

/** Of two that were modified in the same second, the one that was not found before, else the one that is another than it was then. */
async function newest({session, uris, credentials}: CompoundRequest, other?: string): Promise<Outcome> {
  const [uri = ''] = uris;
  const members = (await membersOf(session, uri, credentials)).filter(({href}) => href !== other);
  const latest = Math.max(...members.map(({modified}) => modified || 0));
  const candidates = members.filter(({modified}) => (modified || 0) === latest);
  const found =
    candidates.find(({href}) => !session.seen.has(href)) ??
    candidates.find(({href, etag}) => etag !== session.etags.get(encodeUri(href))) ??
    candidates[0];
  return found ? {found: found.href} : {failure: `nothing is in ${uri}`};
}

async function changed({session, uris, credentials}: CompoundRequest): Promise<Outcome> {
  const uri = uris[0] ?? '';
  const before = session.etags.get(encodeUri(uri));
  const done = await poll(session, async () => {
    const {status, header} = await exchange(session, {method: 'HEAD', uri, credentials});
    return status === 200 && header('etag')[0] !== before;
  });
  return done ? {found: uri} : {failure: `${uri} did not change`};
}

async function containing({session, uris, credentials, argument}: CompoundRequest): Promise<Outcome> {
  const [uri = ''] = uris;
  let found: string | undefined;
  await poll(session, async () => {
    for (const {href} of await membersOf(session, uri, credentials)) {
      const {text} = await exchange(session, {method: 'GET', uri: href, credentials});
      if (text.replace(/\r?\n[ \t]/g, '').includes(argument)) found = href;
      if (found) break;
    }
    return found !== undefined;
  });
  return found ? {found} : {failure: `nothing in ${uri} contains ${argument}`};
}

async function counted({session, uris, credentials, argument}: CompoundRequest, empty: boolean): Promise<Outcome> {
  for (const uri of uris) {
    let members: Member[] = [];
    const done = await poll(session, async () => {
      members = await membersOf(session, uri, credentials);
      return members.length === Number(argument || 1);
    });
    if (!done) return {failure: `${uri} has ${members.length} members, not ${argument || 1}`};
    const failure = empty ? await deleteMembers(session, members, credentials) : undefined;
    if (failure) return {failure};
  }
  return 'done';
}

/** Asks until it is so, as often and as long as the serverinfo says. */
async function poll({info: {waitCount, waitDelayMs}}: Session, holds: () => Promise<boolean>): Promise<boolean> {
  for (let count = 0; count < waitCount; count++) {
    if (count > 0) await sleep(waitDelayMs);
    if (await holds()) return true;
  }
  return false;
}
