import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';
import {records} from '../people.ts';

describe('RFC 3744 §9.5 DAV:principal-search-property-set', () => {
  test('lists by what principals can be searched, and each of them can', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const {xml, status} = await client.report('/principals/', element(dav('principal-search-property-set')), '0');
    expect({status, root: xml!.name}).toEqual({status: 200, root: dav('principal-search-property-set')});
    const names = elements(xml!).map(property => elements(elements(property, dav('prop'))[0]!)[0]!.name);
    expect(names).toContain(dav('displayname'));
    for (const name of names) {
      const body = element(
        dav('principal-property-search'),
        element(dav('property-search'), element(dav('prop'), element(name)), element(dav('match'), '')),
      );
      expect((await client.report('/principals/', body, '0')).responses.size).toBeGreaterThan(0);
    }
  });
});

describe('RFC 3744 §9.5.1, the example', () => {
  test('each property comes with what a person would call it, in a language', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const {xml} = await client.report('/principals/', element(dav('principal-search-property-set')), '0');
    const described = elements(xml!).map(property => [
      elements(elements(property, dav('prop'))[0]!)[0]!.name,
      text(elements(property, dav('description'))[0]!),
      Object.values(elements(property, dav('description'))[0]!.attributes)[0],
    ]);
    expect(described).toContainEqual([dav('displayname'), 'Full name', 'en']);
  });
});
