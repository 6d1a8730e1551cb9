import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect} from 'vitest';
import {event} from '../support/events.ts';
import {testWith} from '../support/programs.ts';
import {serve} from '../support/serve.ts';
import {temporaryFolder} from '../support/temporary.ts';

/** A device that keeps its calendars in a folder and synchronises it with the server, given nothing but its address. */
async function device(base: string, name: string) {
  const folder = await temporaryFolder();
  const home = join(folder, 'calendars');
  await mkdir(home);
  await writeFile(
    join(folder, 'config'),
    `[general]
status_path = "${folder}/status/"
[pair all]
a = "here"
b = "server"
collections = ["from b"]
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "${home}"
fileext = ".ics"
[storage server]
type = "caldav"
url = "${base}/"
username = "${name}"
password = "${name}"
`,
  );
  const run = (command: string, input = '') =>
    execa('vdirsyncer', ['-c', join(folder, 'config'), command], {input, reject: false, all: true, env: {LC_ALL: 'C.UTF-8'}});
  const {exitCode, all} = await run('discover', 'y\n'.repeat(10));
  expect(exitCode, all).toBe(0);
  return {
    calendar: join(home, 'calendar'),
    async sync() {
      const {exitCode, all} = await run('sync');
      expect(exitCode, all).toBe(0);
    },
    async list() {
      return (await readdir(join(home, 'calendar'))).filter(file => file.endsWith('.ics')).sort();
    },
  };
}

describe('vdirsyncer on two devices', () => {
  testWith('vdirsyncer')('what one creates, edits and deletes reaches the other', {timeout: 120_000}, async () => {
    const {base, ann} = await serve({ann: []});
    const laptop = await device(base, 'ann');
    const phone = await device(base, 'ann');
    await laptop.sync();
    await phone.sync();

    await writeFile(join(laptop.calendar, 'party.ics'), event('party'));
    await writeFile(join(laptop.calendar, 'lunch.ics'), event('lunch'));
    await laptop.sync();
    await phone.sync();
    expect(await phone.list()).toHaveLength(2);

    const file = join(phone.calendar, (await phone.list()).find(name => name.startsWith('party'))!);
    await writeFile(file, (await readFile(file, 'utf8')).replace('SUMMARY:Event party', 'SUMMARY:Party at ten'));
    await phone.sync();
    await laptop.sync();
    expect(await readFile(join(laptop.calendar, 'party.ics'), 'utf8')).toContain('SUMMARY:Party at ten');

    await rm(join(laptop.calendar, 'lunch.ics'));
    await laptop.sync();
    await phone.sync();
    expect(await phone.list()).toHaveLength(1);

    const {removed, changed} = await ann.sync('/calendars/users/ann/calendar/');
    expect({removed, changed: changed.length}).toEqual({removed: [], changed: 1});
  });
});
