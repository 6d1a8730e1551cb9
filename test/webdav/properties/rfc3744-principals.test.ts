import {describe, expect, test} from 'vitest';
import {type Element, elements, text} from '../../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';
import {ann, dora, records, room, staff} from '../people.ts';

describe('RFC 3744 §4 properties of principals', () => {
  const hrefs = (property: Element | undefined) => elements(property!, dav('href')).map(text);

  test('who it is, by which URLs, in which groups and with which members', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const names: Name[] = [
      'principal-URL',
      'alternate-URI-set',
      'group-membership',
      'group-member-set',
      'current-user-principal',
      'principal-collection-set',
    ].map(dav);
    const of = async (path: string) =>
      (await client.propfind(path, 0, ...names, dav('resourcetype'))).responses.get(path)!.properties;
    const mine = await of('/principals/users/ann/');
    expect(hrefs(mine.get(dav('principal-URL')))).toEqual([ann]);
    expect(hrefs(mine.get(dav('alternate-URI-set')))).toContain('/principals/users/ann/');
    expect(hrefs(mine.get(dav('group-membership')))).toEqual([staff]);
    expect(hrefs(mine.get(dav('group-member-set')))).toEqual([]);
    expect(hrefs(mine.get(dav('principal-collection-set')))).toEqual(['/principals/']);
    expect(elements(mine.get(dav('resourcetype'))!).map(({name}) => name)).toContain(dav('principal'));
    const group = await of('/principals/groups/staff/');
    expect(hrefs(group.get(dav('group-member-set'))).sort()).toEqual([ann, dora].sort());
    for (const path of ['/', '/principals/', '/calendars/users/ann/', staff]) {
      expect(hrefs((await of(path)).get(dav('current-user-principal')))).toEqual([ann]);
    }
  });

  test('a GUID may be asked for in either case', async () => {
    const {ann: client} = await serve({ann: []}, {records: records.replaceAll('20000000', 'ABCDEF00')});
    expect(
      (await client.propfind('/principals/__uids__/abcdef00-0000-0000-0000-000000000001/', 0, dav('displayname'))).status,
    ).toBe(207);
  });

  test('the collections of principals list them', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const list = async (path: string) => [...(await client.propfind(path, 1, dav('displayname'))).responses.keys()].slice(1);
    expect(await list('/')).toEqual(expect.arrayContaining(['/principals/', '/calendars/']));
    expect(await list('/principals/')).toEqual(
      ['__uids__', 'users', 'groups', 'locations', 'resources'].map(type => `/principals/${type}/`),
    );
    expect((await list('/principals/users/')).sort()).toEqual(['/principals/users/ann/', '/principals/users/dora/']);
    expect((await list('/principals/__uids__/')).sort()).toEqual([ann, dora, room, staff].sort());
  });

  test('DAV:supported-privilege-set is a tree of all that current-user-privilege-set can name', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const path = '/calendars/users/ann/calendar/';
    const {properties} = (
      await client.propfind(path, 0, dav('supported-privilege-set'), dav('current-user-privilege-set'))
    ).responses.get(path)!;
    const walk = (node: Element): Name[] =>
      elements(node, dav('supported-privilege')).flatMap(each => [
        elements(elements(each, dav('privilege'))[0]!)[0]!.name,
        ...walk(each),
      ]);
    const supported = walk(properties.get(dav('supported-privilege-set'))!);
    const mine = elements(properties.get(dav('current-user-privilege-set'))!).map(each => elements(each)[0]!.name);
    expect(supported[0]).toBe(dav('all'));
    expect(new Set(mine)).toEqual(new Set(supported));
    expect(supported).toContain(caldav('read-free-busy'));
  });
});
