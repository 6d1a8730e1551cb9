import {join} from 'node:path';
import {parseDirectory} from '../../src/accounts/load.ts';
import {joinProxies} from '../../src/accounts/proxies.ts';
import {silent} from '../../src/base/log.ts';
import {createDeliveries} from '../../src/scheduling/deliveries.ts';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import {indexFile} from '../../src/server/indexer.ts';
import {protocol} from '../../src/server/protocol.ts';
import {openFileStore} from '../../src/store/file/store.ts';
import {createDispatch} from '../../src/webdav/dispatch.ts';
import {unlimited} from '../support/unlimited.ts';

/**
 * A server without sockets that a failpoint may cut off: stores the body it is given as ann's `1.ics` (none: nothing), removes all that
 * somebody has in calendar and Inbox (REMOVE), sees to all that is owed, and prints what everybody has there.
 */
const [root, ...names] = process.argv.slice(2) as [string, ...string[]];
const users = names.map(
  name => `<user><uid>${name}</uid><guid>${name}</guid><email-address>${name}@example.com</email-address></user>`,
);
const directory = parseDirectory(`<accounts realm="R">${users.join('')}</accounts>`, 'accounts.xml');
const store = await openFileStore({root: join(root, 'data'), log: silent, index: indexFile});
const file = openDeliveriesFile(join(root, 'deliveries.sqlite'));
const deliveries = createDeliveries({store, file, directory: () => directory, log: silent});
const dispatch = createDispatch({
  protocol,
  store,
  directory,
  duties: deliveries.duties,
  log: silent,
  limits: unlimited,
  proxies: () => joinProxies(directory, [], async () => {}),
  adminPrincipals: [],
  readPrincipals: [],
});
const body = process.env.BODY ?? '';
if (body !== '') {
  const http = {path: '/calendars/users/ann/calendar/1.ics', query: '', address: '', secure: false};
  const headers = {host: 'localhost', 'content-type': 'text/calendar'};
  const principal = directory.findByName('users', 'ann');
  await dispatch({...http, method: 'PUT', headers, body: new TextEncoder().encode(body)}, principal);
}
const remover = directory.findByName('users', process.env.REMOVE ?? '');
for (const folder of remover ? ['calendar', 'inbox'] : []) {
  const home = await store.view(`calendars/${remover!.guid}`);
  for (const {path} of [...(home?.members(folder) ?? [])]) {
    const http = {path: `/calendars/users/${process.env.REMOVE}/${path}`, query: '', address: '', secure: false};
    await dispatch({...http, method: 'DELETE', headers: {host: 'localhost'}, body: new Uint8Array()}, remover);
  }
}
deliveries.start();
await deliveries.idle();
const found: Record<string, {calendar: string[]; inbox: string[]; outbox: number}> = {};
for (const name of names) {
  const view = await store.view(`calendars/${name}`);
  const all = async (folder: string) =>
    Promise.all([...(view?.members(folder) ?? [])].map(async ({path}) => new TextDecoder().decode(await view!.read(path))));
  found[name] = {calendar: await all('calendar'), inbox: await all('inbox'), outbox: (await all('outbox')).length};
}
process.stdout.write(JSON.stringify(found));
await deliveries.stop();
await store.close();
file[Symbol.dispose]();
