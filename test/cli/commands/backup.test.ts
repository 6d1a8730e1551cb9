import {execFileSync} from 'node:child_process';
import {chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {copyFile, open, truncate} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test, vi} from 'vitest';
import {ArchiveWriter} from '../../../src/archive/write-archive.ts';
import {silent} from '../../../src/base/log.ts';
import {manifestName} from '../../../src/cli/backup/names.ts';
import {withoutDuties} from '../../../src/cli/backup/restore-user.ts';
import {parseCalendar} from '../../../src/ical/parse.ts';
import {deliveriesFileIn, openDeliveriesFile} from '../../../src/scheduling/deliveries-file.ts';
import {stageDuties} from '../../../src/scheduling/duty.ts';
import {isGone} from '../../../src/scheduling/holder.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {text} from '../../../src/xml/element.ts';
import {caldav as caldavName, dav, type Name} from '../../../src/xml/names.ts';
import {printXml} from '../../../src/xml/print.ts';
import {accountsXml, caldav, event, isRoot, serverFolder, serving} from '../../server/server.ts';
import {Client} from '../../support/client.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {dataBelow} from '../backup/server-tree.ts';

// Whole servers, several in a row.
vi.setConfig({testTimeout: 120_000});

const calendar = '/calendars/users/ann/calendar/';

/** A server that runs, with three events in ann's calendar, one of them with a property. */
async function running(plist: Readonly<Record<string, unknown>> = {}, ...others: string[]) {
  const server = await serverFolder({DocumentRoot: 'data/documents', ...plist});
  writeFileSync(server.path('conf/auth/accounts.xml'), accountsXml('ann', ...others));
  const ann = new Client(server.url, 'ann', 'ann');
  mkdirSync(server.path('data/documents'));
  if (isRoot) chownSync(server.path('data/documents'), serving.uid, serving.gid);
  expect(await server.run('run', '-d').done).toMatchObject({code: 0, stderr: ''});
  for (const uid of ['a', 'b', 'c']) expect((await server.put(uid)).status).toBe(201);
  const name = '<displayname xmlns="DAV:">Über Tage</displayname><note xmlns="x:">kept</note>';
  await ann.request('PROPPATCH', calendar, {
    body: `<propertyupdate xmlns="DAV:"><set><prop>${name}</prop></set></propertyupdate>`,
  });
  const file = join(server.folder, 'backup.tar.gz');
  const backup = async () => {
    const done = await server.run('backup', file, '--json').done;
    expect(done).toMatchObject({code: 0});
    return JSON.parse(done.stdout);
  };
  return {...server, ann, file, backup};
}

/** An empty folder that the account which serves can get into. */
async function emptyFolder(): Promise<string> {
  const folder = await temporaryFolder();
  chmodSync(folder, 0o755);
  return folder;
}

/** Of the objects; a calendar's own is its revision, which is another one afterwards. */
async function etags(client: Client): Promise<Record<string, string>> {
  const {responses} = await client.propfind(calendar, 1, dav('getetag'));
  const objects = [...responses].filter(([href]) => href !== calendar);
  return Object.fromEntries(objects.map(([href, {properties}]) => [href, text(properties.get(dav('getetag'))!)]));
}

describe('caldav backup', () => {
  test('of a running server has every write that was answered before it began, and is for nobody else to read', async () => {
    const {put, backup, file, folder} = await running();
    const promised: string[] = [];
    let going = true;
    const writing = [0, 1, 2, 3].map(async writer => {
      for (let at = 0; going; at++) {
        const uid = `w${writer}-${at}`;
        expect((await put(uid)).status).toBe(201);
        promised.push(uid);
      }
    });
    while (promised.length < 40) await delay(5);
    const before = [...promised];
    const {objects} = await backup();
    going = false;
    await Promise.all(writing);
    expect(objects).toBeGreaterThanOrEqual(before.length + 3);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const copy = await emptyFolder();
    expect((await caldav('restore', file, '--dir', copy).done).code).toBe(0);
    const [calendarFolder] = readdirSync(join(copy, 'data/documents'), {recursive: true, encoding: 'utf8'}).filter(path =>
      path.endsWith('/calendar'),
    );
    const files = new Set(readdirSync(join(copy, 'data/documents', calendarFolder!)));
    for (const uid of before) expect([uid, files.has(`${uid}.ics`)]).toEqual([uid, true]);
    expect(readFileSync(join(copy, 'conf/auth/accounts.xml'))).toEqual(readFileSync(join(folder, 'conf/auth/accounts.xml')));
  });

  test('that is killed leaves no file that looks whole, and the next one clears away what it left', async () => {
    const {file, folder, run, backup} = await running();
    for (const ms of [300, 450, 600, 750]) {
      const {child, done} = run('backup', file);
      await delay(ms);
      child.kill('SIGKILL');
      if ((await done).signal === 'SIGKILL' && existsSync(file))
        expect((await run('backup', file, '--verify').done).code).toBe(0);
    }
    await backup();
    expect(readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([]);
    expect((await run('backup', file, '--verify').done).stdout).toMatch(/ is whole, made .*: 1 home, 3 objects, /);
  });

  test('says what cannot be done, and how it can', async () => {
    const {folder, run} = await running();
    const nowhere = await run('backup', join(folder, 'no/where.tar.gz')).done;
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot be written: ENOENT\.\nMake its folder: mkdir -p /),
    });
    const plist = join(folder, 'conf/caldavd-dev.plist');
    const before = readFileSync(plist, 'utf8');
    expect(await run('backup', plist).done).toMatchObject({code: 1, stderr: expect.stringContaining('is no backup')});
    expect(readFileSync(plist, 'utf8')).toBe(before);
    expect(await run('backup', folder).done).toMatchObject({code: 1, stderr: expect.stringContaining('is a folder')});
    const none = await run('backup', '--verify', join(folder, 'conf/caldavd-dev.plist')).done;
    expect(none).toMatchObject({code: 1, stderr: expect.stringMatching(/is damaged, or no backup at all/)});
  });
});

describe('caldav restore', () => {
  test('into an empty folder makes the same server: files, attributes, owners, properties, ETags; sync tokens are refused', async () => {
    const {folder, file, ann, backup, run, write, port} = await running();
    const [tags, token] = [await etags(ann), (await ann.sync(calendar)).token];
    await backup();
    expect((await run('stop').done).code).toBe(0);
    const copy = await emptyFolder();
    const dry = await caldav('restore', file, '--dir', copy, '--dry-run').done;
    expect(dry).toMatchObject({code: 0, stdout: expect.stringContaining('1 home, 3 objects')});
    expect(readdirSync(copy)).toEqual([]);
    expect(await caldav('restore', file, '--dir', copy).done).toMatchObject({code: 0, stderr: ''});

    const [before, after] = [dataBelow(join(folder, 'data/documents')), dataBelow(join(copy, 'data/documents'))];
    expect(after).toEqual(before);
    if (isRoot) expect(statSync(join(copy, 'data')).uid).toBe(serving.uid);
    write({HTTPPort: 0});
    expect((await caldav('run', '-d', '--dir', copy).done).code).toBe(0);
    try {
      const again = new Client(`http://127.0.0.1:${port}`, 'ann', 'ann');
      expect(await etags(again)).toEqual(tags);
      const {properties} = (await again.propfind(calendar, 0, dav('displayname'), '{x:}note')).responses.get(calendar)!;
      expect([text(properties.get(dav('displayname'))!), text(properties.get('{x:}note')!)]).toEqual(['Über Tage', 'kept']);
      expect(await again.sync(calendar, token)).toMatchObject({status: 403, error: '{DAV:}valid-sync-token'});
    } finally {
      await caldav('stop', '--dir', copy).done;
    }
  });

  test('that is killed anywhere is finished by doing it again', async () => {
    const {folder, file, backup, run} = await running();
    await backup();
    await run('stop').done;
    const before = dataBelow(join(folder, 'data/documents'));
    const copy = await emptyFolder();
    for (const ms of [500, 650, 800, 1000, 1300]) {
      const {child, done} = caldav('restore', file, '--dir', copy, '--force');
      await delay(ms);
      child.kill('SIGKILL');
      await done;
      // Who finds a configuration finds everything.
      if (existsSync(join(copy, 'conf/caldavd-dev.plist'))) expect(existsSync(join(copy, 'conf/auth/accounts.xml'))).toBe(true);
    }
    expect(await caldav('restore', file, '--dir', copy, '--force').done).toMatchObject({code: 0});
    const after = Object.entries(dataBelow(join(copy, 'data/documents'))).filter(([path]) => !path.startsWith('.before-'));
    expect(Object.fromEntries(after)).toEqual(before);
  });

  test('puts nothing over calendars that are there, nor beside a server that runs; forced, it keeps them', async () => {
    const {folder, file, backup, run, put} = await running();
    await backup();
    await put('later');
    expect(await run('restore', file).done).toMatchObject({code: 64, stderr: expect.stringContaining('already')});
    expect(await run('restore', file, '--force').done).toMatchObject({code: 1, stderr: expect.stringContaining('caldav stop')});
    await run('stop').done;
    const before = dataBelow(join(folder, 'data/documents'));
    expect(await run('restore', file).done).toMatchObject({code: 64});
    expect(dataBelow(join(folder, 'data/documents'))).toEqual(before);
    const done = await run('restore', file, '--force', '--json').done;
    expect(done).toMatchObject({code: 0});
    const {aside} = JSON.parse(done.stdout) as {aside: string[]};
    expect(readdirSync(aside[0]!, {recursive: true, encoding: 'utf8'}).some(path => path.endsWith('/later.ics'))).toBe(true);
    const served = Object.keys(dataBelow(join(folder, 'data/documents'))).filter(path => !path.startsWith('.'));
    expect(served.some(path => path.endsWith('later.ics'))).toBe(false);
    expect(served.filter(path => path.endsWith('.ics'))).toHaveLength(3);
  });

  test('of one account gives back what went and what was changed, while the server runs; who syncs is told', async () => {
    const {file, ann, backup, run, put} = await running();
    const tags = await etags(ann);
    const ids = async () => {
      const {responses} = await ann.propfind(calendar, 1, dav('resource-id'), dav('creationdate'));
      return [...responses].map(([href, {properties}]) => [href, ...[...properties.values()].map(value => printXml(value))]);
    };
    const identities = await ids();
    await backup();
    await ann.delete(`${calendar}a.ics`);
    await ann.put(`${calendar}b.ics`, event('b').replace('SUMMARY:x', 'SUMMARY:another'));
    await put('later');
    const {token} = await ann.sync(calendar);
    const counts = {added: 1, changed: 1, removed: 1, unchanged: 1};
    const dry = await run('restore', file, '--user', 'ann', '--dry-run', '--json').done;
    expect(JSON.parse(dry.stdout)).toMatchObject(counts);
    expect(await run('restore', file, '--user', 'ann').done).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--force'),
    });
    expect((await ann.sync(calendar, token)).responses.size).toBe(0);
    expect(await run('restore', file, '--user', 'ann', '--force').done).toMatchObject({code: 0, stderr: ''});
    const {responses} = await ann.sync(calendar, token);
    const told = Object.fromEntries([...responses].map(([href, {status}]) => [href.slice(calendar.length), status === 404]));
    expect(told).toEqual({'a.ics': false, 'b.ics': false, 'later.ics': true});
    expect(await etags(ann)).toEqual(tags);
    expect(await ids()).toEqual(identities);
    expect(await run('restore', file, '--user', 'nobody-there').done).toMatchObject({code: 1});
  });

  test('of one account invites and cancels nobody, as an import does not (RFC 6638 §3.2 is about what clients do)', async () => {
    const {file, ann, backup, run, url, path} = await running({EnableImplicitScheduling: true}, 'bob');
    const bob = new Client(url, 'bob', 'bob');
    const meeting = (uid: string) =>
      event(uid).replace('SUMMARY', 'ORGANIZER:/principals/users/ann/\r\nATTENDEE:/principals/users/bob/\r\nSUMMARY');
    const told = async () => [...(await bob.propfind('/calendars/users/bob/inbox/', 1)).responses.keys()].length - 1;
    expect((await ann.put(`${calendar}m.ics`, meeting('m'))).status).toBe(201);
    await vi.waitFor(async () => expect(await told()).toBe(1), {timeout: 60_000, interval: 100});
    await backup();
    await ann.delete(`${calendar}m.ics`);
    await vi.waitFor(async () => expect(await told()).toBe(2), {timeout: 60_000, interval: 100});
    expect((await ann.put(`${calendar}later.ics`, meeting('later'))).status).toBe(201);
    await vi.waitFor(async () => expect(await told()).toBe(3), {timeout: 60_000, interval: 100});
    expect(await run('restore', file, '--user', 'ann', '--force').done).toMatchObject({code: 0, stderr: ''});
    expect((await ann.get(`${calendar}m.ics`)).status).toBe(200);
    expect((await ann.get(`${calendar}later.ics`)).status).toBe(404);
    writeFileSync(path('old.ics'), meeting('old'));
    chmodSync(path('old.ics'), 0o644);
    expect(await run('import', '--user', 'ann', '--calendar', 'calendar', path('old.ics')).done).toMatchObject({code: 0});
    expect((await ann.sync(calendar)).text).toContain('.ics');
    expect((await run('stop').done).code).toBe(0);
    expect(await run('run', '-d').done).toMatchObject({code: 0});
    expect(await told()).toBe(3);
    const outbox = readdirSync(path('data/documents'), {recursive: true, encoding: 'utf8'}).filter(each =>
      each.includes('/outbox/'),
    );
    expect(outbox).toEqual([]);
  });

  test('sends nothing again: what waits for a mail server is held back, and what lay in an Outbox is owed once more', async () => {
    const mail = {Enabled: true, Sending: {Server: '127.0.0.1', Port: 9, UseSSL: false, Address: 'calendar@example.com'}};
    const {file, folder, ann, backup, run, path} = await running(
      {EnableImplicitScheduling: true, Scheduling: {iMIP: mail}},
      'bob',
    );
    const guest = 'ORGANIZER:/principals/users/ann/\r\nATTENDEE:mailto:guest@elsewhere.example\r\nSUMMARY';
    expect((await ann.put(`${calendar}m.ics`, event('m').replaceAll('2026', '2099').replace('SUMMARY', guest))).status).toBe(201);
    const queued = async (dir: string) => JSON.parse((await caldav('mail', 'queue', '--json', '--dir', dir).done).stdout);
    await vi.waitFor(async () => expect(await queued(folder)).toMatchObject([{state: 'waiting', uid: 'm'}]), {
      timeout: 60_000,
      interval: 200,
    });
    expect((await run('stop').done).code).toBe(0);
    const store = await openFileStore({root: path('data/documents'), log: silent, index: indexFile});
    let home: HomeId | undefined;
    for await (const found of store.homes()) home = found;
    const message = parseCalendar(event('owed').replace('VERSION', 'METHOD:REQUEST\r\nVERSION'));
    const from = 'mailto:ann@example.com';
    await store.write(home!, unit =>
      stageDuties([{method: 'REQUEST', uid: 'owed', from, to: from, sequence: 0, calendar: message}], unit),
    );
    await store.close();
    if (isRoot) execFileSync('chown', ['-R', `${serving.uid}:${serving.gid}`, path('data/documents')]);
    await backup();

    const copy = await emptyFolder();
    expect(await caldav('restore', file, '--dir', copy).done).toMatchObject({code: 0, stderr: ''});
    expect(await queued(copy)).toMatchObject([{state: 'dropped', uid: 'm', error: expect.stringContaining('held back')}]);
    using deliveries = openDeliveriesFile(deliveriesFileIn(join(copy, 'data')));
    expect(deliveries.owing()).toEqual([home]);
    expect(deliveries.entries(home!).every(({holder}) => isGone(holder, 'now'))).toBe(true);
  });

  test('of one account leaves alone what is yet to be delivered to others, and brings nothing of that back', async () => {
    const taken: string[] = [];
    const take = withoutDuties(async each => void taken.push(each.path));
    const resource = (path: string, types?: Name[]) => ({
      path,
      types,
      resourceId: undefined,
      properties: new Map(),
      bytes: new Uint8Array(),
    });
    await take(resource('outbox', [caldavName('schedule-outbox')]));
    await take(resource('outbox/1.ics'));
    await take(resource('outbox-of-mine', []));
    await take(resource('outbox-of-mine/1.ics'));
    expect(taken).toEqual(['outbox', 'outbox-of-mine', 'outbox-of-mine/1.ics']);
  });

  test('refuses what is damaged, cut off, or leads out of its place, and has changed nothing by then', async () => {
    const {file, backup} = await running();
    await backup();
    const folder = await emptyFolder();
    const bad = join(folder, 'bad.tar.gz');
    const target = join(folder, 'server');
    mkdirSync(target);
    const refused = async (stderr: RegExp) => {
      expect(await caldav('restore', bad, '--dir', target).done).toMatchObject({code: 1, stderr: expect.stringMatching(stderr)});
      expect(readdirSync(target)).toEqual([]);
    };
    await copyFile(file, bad);
    await truncate(bad, statSync(file).size - 60);
    await refused(/cut off/);
    const home = 'data/documents/calendars/__uids__/10/00/10000000-0000-0000-0000-000000000001';
    for (const name of [
      '../out',
      '/etc/out',
      'conf/../../out',
      `${home}/../../out`,
      `${home}/.home.sqlite`,
      'data/documents/calendars/__uids__/10/00/other',
      'data/other',
      `${home}/a//b`,
      [`${home}/`, `${home}/a`, `${home}/a`],
      [`${home}/`, `${home}/a`, `${home}/a/b`],
      [`${home}/`, `${home}/${'a'.repeat(256)}`],
    ]) {
      await writeArchive(bad, [name].flat());
      await refused(/which no backup has|no backup made by caldav/);
    }
  });
});

/** A sealed archive with a manifest and more files, or folders. */
async function writeArchive(path: string, names: readonly string[]): Promise<void> {
  await using handle = await open(path, 'w+');
  const archive = new ArchiveWriter(handle);
  const about = {folder: false, mode: 0o600, modified: 0, uid: 0, gid: 0, attributes: new Map()};
  const manifest = Buffer.from(JSON.stringify({program: 'caldav', format: 1, config: 'conf/caldavd-dev.plist'}));
  await archive.add({...about, name: manifestName, sizeBytes: manifest.length}, manifest);
  for (const name of names) {
    if (name.endsWith('/')) await archive.add({...about, folder: true, name: name.slice(0, -1), sizeBytes: 0});
    else await archive.add({...about, name, sizeBytes: 1}, Buffer.from('x'));
  }
  await archive.end({modified: 0, uid: 0, gid: 0});
}
