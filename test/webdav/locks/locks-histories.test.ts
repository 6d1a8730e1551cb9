import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {elements, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import type {Client, RequestOptions} from '../../support/client.ts';
import {memoryStore} from '../../support/memory-store.ts';
import {guidOf, serve} from '../../support/serve.ts';
import {lock, unlock} from './lock-requests.ts';

const root = '/calendars/users/ann/files';
const collections = ['x', 'x/y', 'z'];
const files = ['a', 'x/a', 'x/y/a', 'x/y/b', 'z/a'];
const path = fc.constantFrom(...collections, ...files);

/** Whose locks are said in the If header of a request: none, the user's own, everybody's. */
const says = fc.constantFrom('none' as const, 'own' as const, 'all' as const);
const user = fc.constantFrom('ann' as const, 'admin' as const);
const base = {user, says};

type Said = {user: 'ann' | 'admin'; says: 'none' | 'own' | 'all'};
type Change = Said &
  (
    | {do: 'PUT'; path: string}
    | {do: 'MKCOL'; path: string}
    | {do: 'DELETE'; path: string}
    | {do: 'COPY' | 'MOVE'; path: string; to: string}
  );
type Step =
  | Change
  | (Said & {do: 'LOCK'; path: string; infinite: boolean; exclusive: boolean})
  | (Said & {do: 'UNLOCK'; which: number});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...base,
      do: fc.constant('LOCK' as const),
      path: fc.oneof(path, fc.constant('')),
      infinite: fc.boolean(),
      exclusive: fc.boolean(),
    }),
  },
  {weight: 1, arbitrary: fc.record({...base, do: fc.constant('UNLOCK' as const), which: fc.nat(5)})},
  {weight: 2, arbitrary: fc.record({...base, do: fc.constant('PUT' as const), path: fc.constantFrom(...files)})},
  {weight: 1, arbitrary: fc.record({...base, do: fc.constant('MKCOL' as const), path: fc.constantFrom(...collections)})},
  {weight: 2, arbitrary: fc.record({...base, do: fc.constant('DELETE' as const), path})},
  {weight: 4, arbitrary: fc.record({...base, do: fc.constantFrom('COPY' as const, 'MOVE' as const), path, to: path})},
);

interface ModelLock {
  readonly token: string;
  readonly path: string;
  readonly infinite: boolean;
  readonly exclusive: boolean;
  readonly user: string;
}

const parentOf = (of: string) => of.slice(0, Math.max(0, of.lastIndexOf('/')));
const isIn = (of: string, above: string) => of === above || above === '' || of.startsWith(`${above}/`);

/** What should be: each resource (true: a collection) and each lock, all worked out resource by resource. */
class Model {
  readonly tree = new Map(['', ...collections, ...files].map(each => [each, !files.includes(each)]));
  locks: ModelLock[] = [];

  below(of: string): string[] {
    return [...this.tree.keys()].filter(each => isIn(each, of));
  }

  covered({path: of, infinite}: Pick<ModelLock, 'path' | 'infinite'>): string[] {
    return infinite ? this.below(of) : [of];
  }

  on(of: string): ModelLock[] {
    return this.locks.filter(each => this.covered(each).includes(of));
  }

  /** Whether it could be done if nothing were locked. */
  makesSense(change: Change): boolean {
    const isThere = this.tree.has(change.path);
    if (change.do === 'PUT') return isThere ? !this.tree.get(change.path) : this.tree.get(parentOf(change.path)) === true;
    if (change.do === 'MKCOL') return !isThere && this.tree.get(parentOf(change.path)) === true;
    if (change.do === 'DELETE') return isThere;
    return (
      isThere && this.tree.get(parentOf(change.to)) === true && !isIn(change.to, change.path) && !isIn(change.path, change.to)
    );
  }

  /** Each resource whose content, properties or members it changes. */
  changed(change: Change): string[] {
    if (change.do === 'PUT') return [this.tree.has(change.path) ? change.path : parentOf(change.path)];
    if (change.do === 'MKCOL') return [parentOf(change.path)];
    if (change.do === 'DELETE') return [parentOf(change.path), ...this.below(change.path)];
    const source = change.do === 'MOVE' ? [parentOf(change.path), ...this.below(change.path)] : [];
    return [...source, parentOf(change.to), ...this.below(change.to)];
  }

  mayChange(paths: string[], {user: who, says: said}: Said): boolean {
    return paths.every(each => {
      const locks = this.on(each);
      return locks.length === 0 || (said !== 'none' && locks.some(lock => lock.user === who));
    });
  }

  apply(change: Change): void {
    const drop = (of: string, locksToo: boolean) => {
      for (const each of this.below(of)) this.tree.delete(each);
      if (locksToo) this.locks = this.locks.filter(lock => !isIn(lock.path, of));
    };
    if (change.do === 'PUT') this.tree.set(change.path, false);
    else if (change.do === 'MKCOL') this.tree.set(change.path, true);
    else if (change.do === 'DELETE') drop(change.path, true);
    else {
      const brought = this.below(change.path).map(
        each => [change.to + each.slice(change.path.length), this.tree.get(each)!] as const,
      );
      drop(change.to, change.do === 'MOVE');
      if (change.do === 'MOVE') drop(change.path, true);
      for (const [to, collection] of brought) this.tree.set(to, collection);
    }
    this.locks = this.locks.filter(lock => this.tree.has(lock.path));
  }
}

describe('RFC 4918 §7 random histories of two users', () => {
  test('nothing locked is ever changed without its token, and nothing else is refused', {timeout: 120_000}, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {minLength: 10, maxLength: 25}), async steps => {
        const store = memoryStore();
        const served = await serve({ann: [], admin: []}, {store, keep: true});
        try {
          await served.ann.request('MKCOL', root);
          await store.write(`calendars/${guidOf(1)}`, unit => {
            for (const each of collections) unit.createCollection(`files/${each}`, []);
            for (const each of files) unit.put(`files/${each}`, new Uint8Array());
          });
          const model = new Model();
          for (const each of steps) {
            await take(each, model, served[each.user]);
            expect({each, tree: await treeOf(served.ann)}).toEqual({each, tree: Object.fromEntries([...model.tree].sort())});
          }
          expect(await locksIn(served.ann, model)).toEqual(expected(model));
        } finally {
          await served.close();
        }
      }),
      {numRuns: 40},
    );
  });
});

/** Sends a step, holds the status against the model, and does in the model what was done. */
async function take(each: Step, model: Model, client: Client): Promise<void> {
  if (each.do === 'UNLOCK') {
    const one = model.locks[each.which];
    if (!one) return;
    const {status} = await unlock(client, `${root}/${one.path}`, one.token);
    model.locks = model.locks.filter(other => other !== one);
    expect(status).toBe(204);
    return;
  }
  const headers = ifHeader(each, model);
  if (each.do !== 'LOCK') {
    const {status} = await client.request(each.do, `${root}/${each.path}`, requestOf(each, headers));
    const isAllowed = model.makesSense(each) && model.mayChange(model.changed(each), each);
    expect({each, status, done: status < 300}).toEqual({each, status, done: isAllowed});
    if (isAllowed) model.apply(each);
    return;
  }
  const isThere = model.tree.has(each.path);
  const makesSense = isThere || model.tree.get(parentOf(each.path)) === true;
  const mine = isThere ? model.covered(each) : [each.path];
  // A URL that is free is covered by what will be made there.
  const over = model.locks.filter(({infinite, path: of}) => infinite && isIn(each.path, of));
  const met = new Set([...over, ...mine.flatMap(of => model.on(of))]);
  const isFree = [...met].every(({exclusive}) => !exclusive && !each.exclusive);
  const mayMake = isThere || model.mayChange([parentOf(each.path)], each);
  const {status, token} = await lock(client, `${root}/${each.path}`, {
    scope: each.exclusive ? 'exclusive' : 'shared',
    depth: each.infinite ? 'infinity' : '0',
    headers,
  });
  const isMade = makesSense && isFree && mayMake;
  expect({each, status, made: status === 200 || status === 201}).toEqual({each, status, made: isMade});
  if (isMade) {
    if (!isThere) model.tree.set(each.path, false);
    model.locks.push({token, path: each.path, infinite: each.infinite, exclusive: each.exclusive, user: each.user});
  }
}

/** Tokens that need not hold, beside a list that does. */
function ifHeader({user: who, says: said}: Said, {locks}: Model): Record<string, string> {
  const named = locks.filter(({user: owner}) => said === 'all' || (said === 'own' && owner === who));
  return named.length === 0 ? {} : {if: `(Not <DAV:no-lock>) (${named.map(({token}) => `<${token}>`).join(' ')})`};
}

function requestOf(change: Change, headers: Record<string, string>): RequestOptions {
  if (change.do === 'PUT') return {headers, body: String(Math.random())};
  return 'to' in change ? {headers: {...headers, destination: `${root}/${change.to}`}} : {headers};
}

async function treeOf(client: Client): Promise<Record<string, boolean>> {
  const {responses} = await client.sync(`${root}/`, '', 'infinite');
  const found = [...responses.keys()].map(href => [href.slice(root.length + 1).replace(/\/$/, ''), href.endsWith('/')] as const);
  return Object.fromEntries([['', true] as const, ...found].sort());
}

async function locksIn(client: Client, model: Model): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const of of model.tree.keys()) {
    const {responses} = await client.propfind(`${root}/${of}`, 0, dav('lockdiscovery'));
    const active = elements([...responses.values()][0]!.properties.get(dav('lockdiscovery'))!);
    all[of] = active.map(each => text(elements(each, dav('locktoken'))[0]!)).sort();
  }
  return all;
}

function expected(model: Model): Record<string, string[]> {
  return Object.fromEntries(
    [...model.tree.keys()].map(of => [
      of,
      model
        .on(of)
        .map(({token}) => token)
        .sort(),
    ]),
  );
}
