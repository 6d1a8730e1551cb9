import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../../src/accounts/load.ts';
import type {Principal} from '../../../src/accounts/principal.ts';
import {calendarAccess} from '../../../src/caldav/extension.ts';
import {calendar, calendarHome, calendarObject} from '../../../src/caldav/kinds.ts';
import type {HomeView, StoredResource} from '../../../src/store/store.ts';
import {createAccess} from '../../../src/webdav/access/access.ts';
import type {Ace, Who} from '../../../src/webdav/access/ace.ts';
import {aclProperty, printStored, storedAces} from '../../../src/webdav/access/stored-acl.ts';
import {webdav} from '../../../src/webdav/extension.ts';
import {join} from '../../../src/webdav/join.ts';
import {collection} from '../../../src/webdav/kinds/collection.ts';
import type {Kind, Resource} from '../../../src/webdav/tables.ts';
import {dav, type Name} from '../../../src/xml/names.ts';
import {noProxies} from '../../support/no-proxies.ts';

const protocol = join([webdav, calendarAccess]);
const names = protocol.privileges.map(({name}) => name);
const people = ['ann', 'bob', 'cid', 'dan'];
const groups: Readonly<Record<string, readonly string[]>> = {
  all: ['most', 'dan'],
  most: ['some', 'cid'],
  some: ['bob'],
  none: [],
};

const guids = new Map([...people, ...Object.keys(groups)].map((name, at) => [name, `${at}0000000-0000-0000-0000-000000000000`]));
const isGroup = (name: string) => name in groups;
const directory = parseDirectory(
  `<accounts realm="x">${people.map(name => `<user><uid>${name}</uid><guid>${guids.get(name)}</guid></user>`).join('')}
${Object.entries(groups)
  .map(
    ([name, members]) =>
      `<group><uid>${name}</uid><guid>${guids.get(name)}</guid><members>${members
        .map(member => `<member type="${isGroup(member) ? 'groups' : 'users'}">${member}</member>`)
        .join('')}</members></group>`,
  )
  .join('')}</accounts>`,
  'accounts.xml',
);
const principal = (name: string) => directory.findByGuid(guids.get(name)!)!;
const owner = principal('ann');

const aces = fc.array(
  fc.record({
    who: fc.oneof(
      fc.constantFrom<Who>('all', 'authenticated', 'unauthenticated', 'self', {property: dav('owner')}),
      fc.constantFrom(...guids.values()).map(guid => ({guid})),
    ),
    invert: fc.boolean(),
    verb: fc.constantFrom('grant' as const, 'deny' as const),
    privileges: fc.uniqueArray(fc.constantFrom(...names), {minLength: 1, maxLength: 3}),
  }),
  {maxLength: 5},
);

/** The words of RFC 3744 §5.5.1, slowly. */
function concerns(name: string | undefined, {who, invert}: Ace): boolean {
  const named = () => {
    if (who === 'all') return true;
    if (who === 'authenticated') return name !== undefined;
    if (who === 'unauthenticated') return name === undefined;
    if (who === 'self' || name === undefined) return false;
    const guid = 'guid' in who ? who.guid : owner.guid;
    const isIn = (member: string, group: string): boolean =>
      groups[group]!.some(each => each === member || (isGroup(each) && isIn(member, each)));
    return guids.get(name) === guid || Object.keys(groups).some(group => guids.get(group) === guid && isIn(name, group));
  };
  return named() !== (invert ?? false);
}

/** §3: what is in an aggregate, itself included where it is more than that. */
function holds(name: Name): Name[] {
  const parts = protocol.privileges.filter(({within}) => within === name).flatMap(part => holds(part.name));
  return name === dav('all') || name === dav('write') ? parts : [name, ...parts];
}

/** §6, word for word: until all that is required is granted, or one of what is not yet granted is denied. */
function isGranted(required: Name, name: string | undefined, list: readonly Ace[]): boolean {
  const missing = new Set(holds(required));
  for (const ace of list.filter(each => concerns(name, each))) {
    const spoken = ace.privileges.flatMap(holds).filter(each => missing.has(each));
    if (ace.verb === 'deny' && spoken.length > 0) return false;
    for (const each of spoken) missing.delete(each);
    if (missing.size === 0) return true;
  }
  return false;
}

function resource(kind: Kind, path: string, list: readonly Ace[], within?: Resource): Resource {
  const printed = printStored(list, kind);
  const properties = new Map(printed === undefined ? [] : [[aclProperty, printed]]);
  return {
    kind,
    href: `/calendars/users/ann/${path}`,
    owner,
    view: {} as HomeView,
    stored: {path, properties} as unknown as StoredResource,
    ...(within ? {within} : {}),
  };
}

function accessOf(asker: Principal | undefined) {
  const rules = {adminPrincipals: [], readPrincipals: []};
  return createAccess(asker, {directory, proxies: noProxies(directory), protocol, limits: {}, rules});
}

describe('RFC 3744 §6: evaluation of access control lists', () => {
  test('grants what the entries grant in their order, for whoever asks: as the naive reading of the RFC', () => {
    fc.assert(
      fc.property(aces, aces, aces, fc.boolean(), (ofFolder, ofCalendar, ofObject, isCalendar) => {
        const home = resource(calendarHome, '', []);
        const folder = resource(collection, 'f', ofFolder, home);
        const above = resource(isCalendar ? calendar : collection, 'f/c', ofCalendar, folder);
        const below = resource(calendarObject, 'f/c/o.ics', ofObject, above);
        const sibling = resource(calendarObject, 'f/c/p.ics', [], above);
        const inherited = isCalendar ? ofCalendar : [];
        for (const name of [...people, undefined]) {
          const {may} = accessOf(name === undefined ? undefined : principal(name));
          const lists: [Resource, readonly Ace[]][] = [
            [folder, ofFolder],
            [above, ofCalendar],
            [below, [...ofObject, ...inherited]],
            [sibling, inherited],
          ];
          for (const [each, list] of lists) {
            for (const required of names) {
              const expected = name === 'ann' || isGranted(required, name, list);
              expect([name, required, each.href, may(required, each)]).toEqual([name, required, each.href, expected]);
            }
          }
        }
      }),
    );
  });

  test('reads a list back as it was kept', () => {
    fc.assert(
      fc.property(aces, list => {
        const plain = list.map(({invert, ...ace}) => (invert ? {...ace, invert} : ace));
        expect(storedAces(resource(collection, 'f', list))).toEqual(plain);
      }),
    );
  });

  test('gives nobody anything by a list that was damaged on disk, the owner aside', () => {
    const broken = {...resource(calendar, 'c', []), stored: {path: 'c', properties: new Map([[aclProperty, '<acl']])} as never};
    const object = resource(calendarObject, 'c/o.ics', [{who: 'all', verb: 'grant', privileges: [dav('read')]}], broken);
    expect(accessOf(principal('bob')).may(dav('read'), broken)).toBe(false);
    expect(accessOf(principal('bob')).may(dav('read'), object)).toBe(true);
    expect(accessOf(owner).may(dav('all'), broken)).toBe(true);
  });

  test('knows no privilege that is not in the tables', () => {
    expect(accessOf(owner).may('{DAV:}nonsense', resource(calendar, 'c', []))).toBe(false);
  });
});
