import {execFileSync} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {build} from 'plist';
import {describe, expect, test} from 'vitest';
import {mailDrop} from '../../../src/cli/commands/mail-drop.ts';
import {mailQueue} from '../../../src/cli/commands/mail-queue.ts';
import {mailRetry} from '../../../src/cli/commands/mail-retry.ts';
import {openMailFile} from '../../../src/scheduling/mail/mail-file.ts';
import {OutgoingQueue} from '../../../src/scheduling/mail/outgoing.ts';
import {ann, invitation, mailOf, mailPlist, office, replyOf} from '../../scheduling/mail/office.ts';
import {accountServer} from '../account-server.ts';

const launcher = join(import.meta.dirname, '../../../bin/caldav');

const root = process.geteuid?.() === 0;

/** A server's folder with mail on; as root, with its data in the hands of `nobody`. */
async function server(enabled = true) {
  const made = await accountServer('<accounts realm="Home"/>');
  const data = join(made.dir, 'data');
  await mkdir(join(data, 'documents'), {recursive: true});
  const {Scheduling} = mailPlist({Enabled: enabled});
  const plist = {DataRoot: data, DocumentRoot: join(data, 'documents'), ...(root ? {UserName: 'nobody'} : {}), Scheduling};
  await writeFile(made.configFile, build(plist as Parameters<typeof build>[0]));
  const hand = () => {
    if (root) execFileSync('chown', ['-R', 'nobody', made.dir]);
  };
  hand();
  return {...made, file: join(data, 'mail.sqlite'), hand};
}

describe('caldav mail queue, retry, drop', () => {
  test('shows what waits and why, without its contents; drops it, and tries what was given up again', async () => {
    const {file, hand, ...made} = await server();
    const {run} = made;
    expect((await run(mailQueue, [])).value).toEqual([]);
    const database = openMailFile(file);
    const queue = new OutgoingQueue(database);
    hand();
    queue.take(invitation('1'), ann.guid, Date.now());
    queue.take(invitation('2'), ann.guid, Date.now());
    queue.fail(2, '550 no such user', Date.now());
    const {value} = await run(mailQueue, []);
    expect(value).toMatchObject([
      {id: 1, state: 'waiting', method: 'REQUEST', uid: '1', to: 'Bob@Elsewhere.example'},
      {id: 2, state: 'failed', error: '550 no such user'},
    ]);
    expect(JSON.stringify(value)).not.toMatch(/token|VEVENT/);
    await run(mailDrop, ['1']);
    await run(mailRetry, ['2']);
    expect((await run(mailQueue, [])).value).toMatchObject([{id: 2, state: 'waiting'}]);
    expect((await run(mailQueue, [], {all: true})).value).toMatchObject([{state: 'dropped'}, {state: 'waiting'}]);
    expect((await made.refused(mailRetry, ['1'])).message).toBe('No message 1 is to be sent.');
    expect((await run(mailDrop, ['x'])).code).toBe(64);
    database.close();
  });
});

describe('caldav mail deliver', () => {
  const deliver = (configFile: string, dir: string, input: Uint8Array | string) =>
    execa(launcher, ['--dir', dir, '--config', configFile, 'mail', 'deliver'], {reject: false, input});

  test('keeps an answer for the server to deliver: 0; says what is none: 65; and that mail is off: 78', async () => {
    const {configFile, dir, file, hand} = await server();
    const {post, clock, sent, work, delivered, database} = office({file});
    await post.send(invitation('1'), ann);
    await work();
    hand();
    const [mail] = sent;
    const answer = mailOf({to: mail!.replyTo, ics: replyOf(mail!)});
    expect(await deliver(configFile, dir, answer)).toMatchObject({exitCode: 0, stderr: ''});
    clock.now = Date.now();
    await work();
    expect(delivered).toMatchObject([{message: {method: 'REPLY'}}]);
    const forged = mailOf({from: 'eve@evil.example', to: mail!.replyTo, ics: replyOf(mail!)});
    expect(await deliver(configFile, dir, forged)).toMatchObject({exitCode: 65});
    expect((await deliver(configFile, dir, 'Hello')).stderr).toContain('there is no calendar in it');
    database.close();
    const off = await server(false);
    expect(await deliver(off.configFile, off.dir, answer)).toMatchObject({exitCode: 78});
    expect(await deliver(join(dir, 'missing.plist'), dir, answer)).toMatchObject({exitCode: 75});
  });
});
