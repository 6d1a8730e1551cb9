import {parseXml} from '../../src/xml/parse.ts';
import {guidOf} from '../support/serve.ts';

/** Dora, the group of Dora and Ann, and a room. */
export const records = `<user><uid>dora</uid><guid>20000000-0000-0000-0000-000000000001</guid><password>dora</password><name>Dora Álvarez</name><first-name>Dora</first-name><last-name>Álvarez</last-name>
<email-address>dora@example.com</email-address></user>
<group><uid>staff</uid><guid>20000000-0000-0000-0000-000000000002</guid><name>Staff</name>
<members><member type="users">dora</member><member type="users">ann</member></members></group>
<location><uid>room</uid><guid>20000000-0000-0000-0000-000000000003</guid><name>Room of Dora</name></location>`;

/** The URL of a principal by its GUID. */
export const uids = (guid: string) => `/principals/__uids__/${guid}/`;
export const dora = uids('20000000-0000-0000-0000-000000000001');
export const staff = uids('20000000-0000-0000-0000-000000000002');
export const room = uids('20000000-0000-0000-0000-000000000003');
export const ann = uids(guidOf(1));

/** Declares what bodies are written in. */
export const D = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"';

/** A search for principals of which one property holds a text; `more` follows in the body. */
export const search = (name: string, match: string, attributes = '', more = '') =>
  parseXml(`<D:principal-property-search ${D} ${attributes}><D:property-search><D:prop><${name}/></D:prop><D:match>${match}</D:match>
</D:property-search>${more}<D:prop><D:displayname/></D:prop></D:principal-property-search>`);
