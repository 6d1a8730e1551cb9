import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import {temporaryFolder} from '../support/temporary.ts';

const names = ['ann', 'bob', 'cid', 'dan'];

const meeting = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:meeting
DTSTAMP:20270101T000000Z
DTSTART:20271201T100000Z
DURATION:PT1H
SUMMARY:Plans
ORGANIZER:mailto:ann@example.com
${names.map(name => `ATTENDEE:mailto:${name}@example.com`).join('\n')}
END:VEVENT
END:VCALENDAR
`.replace(/\n/g, '\r\n');

function run(root: string, failpoint: string, body: string, remover = '') {
  const file = join(import.meta.dirname, 'delivery-process.ts');
  const env = {...process.env, CALDAV_FAILPOINT: failpoint, BODY: body, REMOVE: remover};
  return spawnSync(process.execPath, [file, root, ...names], {env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
}

function owingIn(root: string) {
  using file = openDeliveriesFile(join(root, 'deliveries.sqlite'));
  return file.owing();
}

type Found = Readonly<Record<string, {calendar: string[]; inbox: string[]; outbox: number}>>;

describe('a server that is killed while it invites', () => {
  const points = ['delivery kept', 'message delivered', 'message delivered:2', 'message delivered:3', 'delivery removed'];
  test.each(points)('after “%s” has invited everybody, once, when it has started again', async point => {
    const root = await temporaryFolder();
    expect(run(root, point, meeting).signal).toBe('SIGKILL');
    const {stdout, status} = run(root, '', '');
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as Found;
    for (const name of ['bob', 'cid', 'dan']) {
      expect(found[name]!.calendar.length).toBe(1);
      expect(found[name]!.inbox.length).toBe(1);
    }
    expect(found.ann!.calendar[0]).toContain('SCHEDULE-STATUS=1.2');
    expect(found.ann!.outbox).toBe(0);
    expect(owingIn(root)).toEqual([]);
  });

  test('invites nobody anew who has taken it away before the server could note that they had it', async () => {
    const root = await temporaryFolder();
    expect(run(root, 'message delivered:3', meeting).signal).toBe('SIGKILL');
    const found = JSON.parse(run(root, '', '', 'bob').stdout) as Found;
    expect([found.bob, found.cid!.calendar.length, found.cid!.inbox.length]).toEqual([
      {calendar: [], inbox: [], outbox: 0},
      1,
      1,
    ]);
    expect(found.ann!.calendar[0]!.replace(/\r\n[ \t]/g, '')).toMatch(/PARTSTAT=DECLINED[^\r\n]*:mailto:bob@/);
    expect(owingIn(root)).toEqual([]);
  });

  test('before the change is kept has changed nothing, and invites when it is asked again', async () => {
    const root = await temporaryFolder();
    expect(run(root, 'delivery owed', meeting).signal).toBe('SIGKILL');
    const nothing = JSON.parse(run(root, '', '').stdout) as Found;
    expect(owingIn(root)).toEqual([]);
    expect(Object.values(nothing).flatMap(({calendar, inbox}) => [...calendar, ...inbox])).toEqual([]);
    const found = JSON.parse(run(root, '', meeting).stdout) as Found;
    expect(found.bob!.inbox.length).toBe(1);
  });
});
