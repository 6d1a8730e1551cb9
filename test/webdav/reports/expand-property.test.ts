import {describe, expect, test} from 'vitest';
import {caldav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';

const report = (inner: string) => `<D:expand-property xmlns:D="DAV:">${inner}</D:expand-property>`;

describe('RFC 3253 §3.8 DAV:expand-property, what is meant to hurt', () => {
  test('more properties than are asked for in earnest are refused', async () => {
    const {ann} = await serve({ann: []});
    const names = Array.from({length: 1001}, (_, at) => `<D:property name="x${at}"/>`).join('');
    expect((await ann.report('/principals/users/ann/', report(names), '0')).status).toBe(400);
  });

  test('properties that lead to each other are followed so far, and the rest is refused: 507', async () => {
    const {ann} = await serve({ann: []});
    let inner = Array.from({length: 1000}, (_, at) => `<D:property name="x${at}"/>`).join('');
    for (let depth = 0; depth < 8; depth++) {
      inner = `<D:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav">${inner}</D:property>`;
    }
    const {status, text, responses} = await ann.report('/principals/users/ann/', report(inner), '0');
    expect(status).toBe(207);
    expect(responses.get('/principals/users/ann/')!.properties.has(caldav('calendar-user-address-set'))).toBe(true);
    expect(text).toContain('HTTP/1.1 507');
    expect(text).toContain('number-of-matches-within-limits');
  });
});
