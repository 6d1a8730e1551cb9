import {describe, expect, test} from 'vitest';
import {type Element, element, elements, text} from '../../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../../src/xml/names.ts';
import {printXml} from '../../../src/xml/print.ts';
import {grant, href, principalUrl, setAcl, user} from '../../support/acl.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {sharedServer} from '../../support/shared-server.ts';

const home = '/calendars/users/ann/';
const calendar = `${home}calendar/`;
const object = `${calendar}1.ics`;
const served = sharedServer(
  {ann: [event('one')], bob: [], admin: [], act: []},
  {
    plist: {AdminPrincipals: ['/principals/users/admin/'], ReadPrincipals: []},
  },
);

async function property(client: Client, path: string, name: Name): Promise<Element | number | undefined> {
  const {responses} = await client.propfind(path, 0, name);
  const response = responses.get(path)!;
  return response.properties.get(name) ?? response.refused.get(name);
}

const paths = ['/', '/principals/', '/principals/users/ann/', '/calendars/', home, calendar, object];

describe('RFC 3744 §5: access control properties', () => {
  test('§5.1.1 DAV:owner is the principal in whose home it lies', async () => {
    for (const path of [home, calendar, object]) {
      expect(await property(served().ann, path, dav('owner'))).toEqual(element(dav('owner'), href(principalUrl(1))));
    }
  });

  test('§5.1.2 an attempt to set DAV:owner is refused: it is protected', async () => {
    const {responses} = await served().ann.proppatch(calendar, element(dav('owner'), user(2)));
    expect([...responses.get(calendar)!.refused]).toEqual([[dav('owner'), 403]]);
  });

  test('§5.1 and §5.2 what has no owner says so by an empty DAV:owner, and no DAV:group names anybody', async () => {
    for (const path of paths) expect(await property(served().ann, path, dav('group'))).toEqual(element(dav('group')));
    for (const path of ['/', '/principals/', '/principals/users/ann/', '/calendars/']) {
      expect(await property(served().ann, path, dav('owner'))).toEqual(element(dav('owner')));
    }
  });

  test('§5.3.1 DAV:supported-privilege-set is a tree with DAV:all at its root', async () => {
    const set = (await property(served().ann, calendar, dav('supported-privilege-set'))) as Element;
    const tree = (parent: Element): unknown =>
      Object.fromEntries(
        elements(parent, dav('supported-privilege')).map(each => {
          expect(text(elements(each, dav('description'))[0]!)).not.toBe('');
          return [elements(elements(each, dav('privilege'))[0]!)[0]!.name, tree(each)];
        }),
      );
    expect(tree(set)).toMatchObject({
      [dav('all')]: {
        [dav('read')]: {[caldav('read-free-busy')]: {}, [dav('read-current-user-privilege-set')]: {}},
        [dav('read-acl')]: {},
        [dav('write-acl')]: {},
        [dav('unlock')]: {},
        [dav('write')]: {[dav('write-properties')]: {}, [dav('write-content')]: {}, [dav('bind')]: {}, [dav('unbind')]: {}},
      },
    });
  });

  test('§5.4.1 DAV:current-user-privilege-set is of the one who asks', async () => {
    const {ann, bob, act} = served();
    await setAcl(ann, calendar, grant(user(2), dav('read')));
    const list = async (client: Client) =>
      elements((await property(client, calendar, dav('current-user-privilege-set'))) as Element).map(
        privilege => elements(privilege)[0]!.name,
      );
    expect(await list(ann)).toEqual(expect.arrayContaining(['all', 'read', 'write', 'read-acl', 'write-acl'].map(dav)));
    expect((await list(bob)).sort()).toEqual(
      [dav('read'), dav('read-current-user-privilege-set'), caldav('read-free-busy')].sort(),
    );
    expect((await act.propfind(calendar, 0, dav('current-user-privilege-set'))).error).toBe(dav('need-privileges'));
  });

  test('§5.5.5 DAV:acl holds what cannot be changed first, then what was set', async () => {
    const {ann} = served();
    await setAcl(ann, calendar, grant(user(2), dav('read')));
    const acl = (await property(ann, calendar, dav('acl'))) as Element;
    const lasting = (number: number, ...marks: Element[]) => {
      const ace = grant(user(number), dav('all'));
      return {...ace, children: [...ace.children, element(dav('protected')), ...marks]};
    };
    const expected = [lasting(1, element(dav('inherited'), href(home))), lasting(3), grant(user(2), dav('read'))];
    expect(elements(acl).map(printXml)).toEqual(expected.map(printXml));
  });

  test('§3.6 DAV:acl is shown to whom DAV:read-acl was granted', async () => {
    const {ann, bob, admin} = served();
    await setAcl(ann, calendar, grant(user(2), dav('read')));
    expect(await property(bob, calendar, dav('acl'))).toBe(403);
    await setAcl(ann, calendar, grant(user(2), dav('read'), dav('read-acl')));
    expect(await property(bob, calendar, dav('acl'))).toMatchObject({name: dav('acl')});
    for (const path of ['/', '/calendars/', '/principals/']) {
      expect(await property(bob, path, dav('acl'))).toBe(403);
      expect(await property(admin, path, dav('acl'))).toMatchObject({name: dav('acl')});
    }
  });

  test('§5.6 DAV:acl-restrictions is empty, §5.7 DAV:inherited-acl-set too: one list decides, in whatever form', async () => {
    for (const path of paths) {
      for (const name of ['acl-restrictions', 'inherited-acl-set'] as const) {
        expect(await property(served().ann, path, dav(name))).toEqual(element(dav(name)));
      }
    }
  });

  test('§5.8.1 DAV:principal-collection-set is where principals are', async () => {
    for (const path of paths) {
      const expected = element(dav('principal-collection-set'), href('/principals/'));
      expect(await property(served().ann, path, dav('principal-collection-set'))).toEqual(expected);
    }
  });

  test('§5: DAV:allprop lists none of them, DAV:propname all', async () => {
    const {ann} = served();
    const names = [
      'owner',
      'supported-privilege-set',
      'current-user-privilege-set',
      'acl',
      'acl-restrictions',
      'inherited-acl-set',
    ];
    const all = [...(await ann.propfind(calendar, 0)).responses.get(calendar)!.properties.keys()];
    expect(all.filter(name => names.map(dav).includes(name as never))).toEqual([]);
    const body = element(dav('propfind'), element(dav('propname')));
    const known = [...(await ann.request('PROPFIND', calendar, {depth: 0, body})).responses.get(calendar)!.properties.keys()];
    expect(known).toEqual(expect.arrayContaining(names.map(dav)));
  });
});

describe('RFC 3744 §9.2 DAV:acl-principal-prop-set', () => {
  const body = element(dav('acl-principal-prop-set'), element(dav('prop'), element(dav('displayname'))));

  test('§9.2.1 gives of each principal in the list what is asked for, once', async () => {
    const {ann} = served();
    const owner = element(dav('property'), element(dav('owner')));
    await setAcl(ann, calendar, grant(user(2), dav('read')), grant(user(2), dav('write')), grant(owner, dav('read')));
    const {status, responses, xml} = await ann.report(calendar, body, '0');
    expect(status).toBe(207);
    expect(elements(xml!, dav('response'))).toHaveLength(3);
    expect([...responses].map(([url, {properties}]) => [url, text(properties.get(dav('displayname'))!)]).sort()).toEqual([
      [principalUrl(1), 'ann'],
      [principalUrl(2), 'bob'],
      [principalUrl(3), 'admin'],
    ]);
  });

  test('is for who may read the list', async () => {
    const {ann, bob} = served();
    await setAcl(ann, calendar, grant(user(2), dav('read')));
    expect((await bob.report(calendar, body, '0')).error).toBe(dav('need-privileges'));
  });

  test('is defined for Depth 0 alone', async () => {
    const {ann} = served();
    for (const depth of ['1', 'infinity'] as const) expect((await ann.report(calendar, body, depth)).status).toBe(400);
    expect((await ann.request('REPORT', calendar, {body})).status).toBe(207);
  });

  test('is listed among the reports of everything in homes', async () => {
    for (const path of [home, calendar, object]) {
      const set = (await property(served().ann, path, dav('supported-report-set'))) as Element;
      expect(printXml(set)).toContain('acl-principal-prop-set');
    }
  });
});
