import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {guidOf, serve} from '../../support/serve.ts';
import {ann, records, uids} from '../people.ts';

describe('RFC 3744 §9.2 DAV:acl-principal-prop-set', () => {
  test('gives properties of those whom DAV:acl names', async () => {
    const {ann: client} = await serve({ann: [], admin: []}, {records});
    const body = element(dav('acl-principal-prop-set'), element(dav('prop'), element(dav('displayname'))));
    const {responses} = await client.report('/calendars/users/ann/calendar/', body, '0');
    expect([...responses.keys()]).toEqual([ann, uids(guidOf(2))]);
    const {properties} = (await client.propfind('/calendars/users/ann/calendar/', 0, dav('acl'))).responses.get(
      '/calendars/users/ann/calendar/',
    )!;
    // DAV:authenticated is named too, and is no principal.
    const principals = elements(properties.get(dav('acl'))!, dav('ace')).map(ace => elements(ace, dav('principal'))[0]!);
    const named = principals.flatMap(principal => elements(principal, dav('href')).map(text));
    expect(named).toEqual([ann, uids(guidOf(2))]);
  });
});
