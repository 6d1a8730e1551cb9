import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {HomeId, HomeUnit, HomeView, Revision, Store} from '../../src/store/store.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (source: Uint8Array | undefined) => source && new TextDecoder().decode(source);

/** A collection is null, an object its text. */
type Model = Map<string, string | null>;

const collections = ['x', 'y', 'x/z'];
const paths = [...collections, 'a', 'x/a', 'x/b', 'y/a', 'x/z/a', 'x/z/b'];
const path = fc.constantFrom(...paths);

type Step =
  | {do: 'put'; path: string; text: string}
  | {do: 'mkcol'; path: string}
  | {do: 'delete'; path: string}
  | {do: 'copy' | 'move'; from: string; to: string}
  | {do: 'sync'; client: number; limit: number};

const step: fc.Arbitrary<Step> = fc.oneof(
  {weight: 4, arbitrary: fc.record({do: fc.constant('put' as const), path, text: fc.string({maxLength: 5})})},
  {weight: 3, arbitrary: fc.record({do: fc.constant('mkcol' as const), path: fc.constantFrom(...collections)})},
  {weight: 2, arbitrary: fc.record({do: fc.constant('delete' as const), path})},
  {weight: 2, arbitrary: fc.record({do: fc.constantFrom('copy' as const, 'move' as const), from: path, to: path})},
  {weight: 3, arbitrary: fc.record({do: fc.constant('sync' as const), client: fc.nat(2), limit: fc.integer({min: 1, max: 5})})},
);

/** A device that knows a home only by asking what changed. */
class Client {
  #token: Revision | undefined;
  readonly known = new Map<string, string>();

  sync(view: HomeView, limit: number | undefined): void {
    for (;;) {
      const answer = view.changes('', this.#token, 'infinity', limit);
      if (!answer) throw new Error('a token of this home was refused');
      for (const {path, stored} of answer.changes) {
        if (!stored) this.known.delete(path);
        else this.known.set(path, stored.collection ? stored.resourceId : stored.etag);
      }
      this.#token = answer.revision;
      if (!answer.truncated) return;
    }
  }
}

/** Whatever is done, in whatever order: the store holds what a plain map would, and every client that syncs knows all of it. */
export function histories(open: () => Promise<Store>): void {
  test('random histories: the store agrees with a model, and clients converge', {timeout: 120_000}, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {minLength: 5, maxLength: 40}), async steps => {
        const store = await open();
        const model: Model = new Map([['work', null]]);
        const clients = [new Client(), new Client(), new Client()];
        const view = (await store.view(ann))!;
        for (const each of steps) {
          if (each.do === 'sync') {
            clients[each.client]!.sync(view, each.limit);
            continue;
          }
          const sensible = applyToModel(model, each);
          const kept = await store
            .write(ann, unit => applyToUnit(unit, each))
            .then(
              () => true,
              () => false,
            );
          expect([each, kept]).toEqual([each, sensible]);
        }
        await expectSame(view, model);
        for (const client of clients) {
          client.sync(view, 3);
          expect([...client.known.keys()].sort()).toEqual([...model.keys()].sort());
          for (const [path, version] of client.known) {
            const stored = view.find(path)!;
            expect([path, version]).toEqual([path, stored.collection ? stored.resourceId : stored.etag]);
          }
        }
        await store.close();
      }),
      {numRuns: 25},
    );
  });
}

async function expectSame(view: HomeView, model: Model): Promise<void> {
  const found = await everythingIn(view, '');
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(model));
  const sizes = [...model.values()].map(content => bytes(content ?? '').length);
  expect(view.usedBytes()).toBe(sizes.reduce((sum, size) => sum + size, 0));
}

async function everythingIn(view: HomeView, collection: string): Promise<Model> {
  const all: Model = new Map();
  const members = [...view.members(collection)];
  expect(view.count(collection)).toBe(members.length);
  for (const {path, collection: isCollection} of members) {
    all.set(path, isCollection ? null : text(await view.read(path))!);
    if (isCollection) for (const [below, content] of await everythingIn(view, path)) all.set(below, content);
  }
  return all;
}

function applyToUnit(unit: HomeUnit, step: Exclude<Step, {do: 'sync'}>): void {
  if (step.do === 'put') unit.put(step.path, bytes(step.text));
  else if (step.do === 'mkcol') unit.createCollection(step.path, []);
  else if (step.do === 'delete') unit.delete(step.path);
  else unit[step.do](step.from, step.to);
}

const isIntoItself = ({from, to}: {from: string; to: string}) => `${to}/`.startsWith(`${from}/`);

/** Answers whether the change makes sense. */
function applyToModel(model: Model, step: Exclude<Step, {do: 'sync'}>): boolean {
  const isCollection = (path: string) => path === '' || model.get(path) === null;
  const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const tree = (path: string) => [...model].filter(([each]) => each === path || each.startsWith(`${path}/`));
  if (step.do === 'put') {
    if (!isCollection(parentOf(step.path)) || model.get(step.path) === null) return false;
    model.set(step.path, step.text);
  } else if (step.do === 'mkcol') {
    if (!isCollection(parentOf(step.path)) || model.has(step.path)) return false;
    model.set(step.path, null);
  } else if (step.do === 'delete') {
    if (!model.has(step.path)) return false;
    for (const [path] of tree(step.path)) model.delete(path);
  } else {
    const {from, to} = step;
    if (!model.has(from) || model.has(to) || !isCollection(parentOf(to))) return false;
    if (step.do === 'move' && isIntoItself(step)) return false;
    const moved = tree(from);
    if (step.do === 'move') for (const [path] of moved) model.delete(path);
    for (const [path, content] of moved) model.set(to + path.slice(from.length), content);
  }
  return true;
}
