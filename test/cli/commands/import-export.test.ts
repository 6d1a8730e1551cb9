import {execFileSync, spawn} from 'node:child_process';
import {chmod, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {describe, expect, test, vi} from 'vitest';
import {splitCalendar} from '../../../src/ical/split.ts';
import {calendar, event, todo} from '../../support/events.ts';
import {temporaryFolder} from '../../support/temporary.ts';

// Whole programs and measurements: slow where the machine has much else to do.
vi.setConfig({testTimeout: 60_000});

const main = new URL('../../../src/cli/main.ts', import.meta.url).href;
const root = process.geteuid?.() === 0;

/** The folder of a server with one account, ann, as set-up leaves it; as root, with its data in the hands of `nobody`. */
async function serverFolder(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ['conf/auth', 'data']) await mkdir(join(folder, name), {recursive: true});
  await writeFile(
    join(folder, 'conf/caldavd-dev.plist'),
    `<?xml version="1.0"?>\n<plist version="1.0"><dict>
<key>DocumentRoot</key><string>data</string><key>DataRoot</key><string>data</string>
${root ? '<key>UserName</key><string>nobody</string>' : ''}</dict></plist>\n`,
  );
  const ann =
    '<user><uid>ann</uid><guid>10000000-0000-0000-0000-000000000001</guid><email-address>ann@example.com</email-address></user>';
  await writeFile(join(folder, 'conf/auth/accounts.xml'), `<accounts realm="Test">${ann}</accounts>`, {mode: 0o600});
  await chmod(folder, 0o755);
  if (root) execFileSync('chown', ['-R', 'nobody', folder]);
  return folder;
}

/** Types a command, without a terminal. */
async function caldav(folder: string, args: readonly string[], input = '') {
  const program = `import(process.argv[1]).then(({main}) => main(process.argv.slice(2))).then(code => { process.exitCode = code; })`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, main, '--dir', folder, ...args], {cwd: '/'});
  child.stdin.end(input);
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return {out, err, code};
}

const withoutHead = (objects: ReturnType<typeof splitCalendar>['objects']) =>
  objects.map(({uid, text: whole}) => `${uid} ${whole.slice(whole.indexOf('BEGIN:V', 10))}`).sort();

describe('caldav import and caldav export', () => {
  test('a file goes in by UID, each refused object with file, line and reason, and comes out the same', async () => {
    const folder = await serverFolder();
    const lines = (one: string) => one.split('\r\n').slice(3, -2);
    const broken = event('broken').replace('20261201T100000Z', 'tomorrow');
    const source = calendar('METHOD:PUBLISH', ...lines(event('one')), ...lines(broken), ...lines(event('two')));
    const file = join(folder, 'in.ics');
    await writeFile(file, source);
    const line = source.split('\r\n').indexOf('UID:broken');

    const first = await caldav(folder, ['import', file, '--user', 'ann']);
    expect(first).toMatchObject({code: 1, out: 'calendar: 2 added, 0 updated, 0 unchanged, 1 refused.\n'});
    expect(first.err).toMatch(new RegExp(`^${file}:${line}: .*\\(UID broken\\)\\n$`));

    const again = await caldav(folder, ['import', file, '--user', 'ann@example.com', '--json']);
    expect(JSON.parse(again.out)).toEqual({
      user: 'ann@example.com',
      calendar: 'calendar',
      added: 0,
      updated: 0,
      unchanged: 2,
      refused: [{file, line, uid: 'broken', reason: expect.stringMatching(/./)}],
    });

    const {out, code} = await caldav(folder, ['export', '--user', 'ann', '--calendar', 'calendar']);
    expect(code).toBe(0);
    const wanted = splitCalendar(source).objects;
    expect(withoutHead(splitCalendar(out).objects)).toEqual(withoutHead(wanted));
  });

  test('standard input goes into a calendar made for it, which takes what came and is called as asked', async () => {
    const folder = await serverFolder();
    const none = await caldav(folder, ['import', '-', '--user', 'ann', '--calendar', 'Feste & Ferien'], event('a'));
    expect(none).toMatchObject({code: 1, out: '', err: expect.stringContaining('--create')});
    const made = await caldav(
      folder,
      ['import', '-', '--user', 'ann', '--calendar', 'Feste & Ferien', '--create'],
      event('a') + todo('b'),
    );
    expect(made).toMatchObject({code: 0, out: expect.stringContaining('2 added'), err: ''});
    const again = await caldav(folder, ['import', '-', '--user', 'ann', '--calendar', 'Feste & Ferien', '--create'], event('a'));
    expect(again).toMatchObject({code: 0, out: expect.stringContaining('1 unchanged')});

    const output = join(folder, 'out');
    const {out} = await caldav(folder, ['export', '--user', 'ann', '--output', output, '--json']);
    expect(JSON.parse(out).calendars).toContainEqual(
      expect.objectContaining({displayName: 'Feste & Ferien', objects: 2, file: join(output, 'Feste & Ferien.ics')}),
    );
    expect((await readdir(output)).sort()).toEqual(['Calendar.ics', 'Feste & Ferien.ics', 'Tasks.ics']);
    expect((await stat(join(output, 'Tasks.ics'))).mode & 0o077).toBe(0);
    expect(await readFile(join(output, 'Feste & Ferien.ics'), 'utf8')).toContain('UID:b');
  });

  test('what is written belongs to whoever owns the data, and the exported file to who asked', async () => {
    const folder = await serverFolder();
    await caldav(folder, ['import', '-', '--user', 'ann'], event('a'));
    const owner = (await stat(join(folder, 'data'))).uid;
    for (const name of await readdir(join(folder, 'data'), {recursive: true})) {
      expect([name, (await stat(join(folder, 'data', name))).uid]).toEqual([name, owner]);
    }
    const file = join(folder, 'work.ics');
    expect((await caldav(folder, ['export', '--user', 'ann', '--calendar', 'calendar', '--output', file])).code).toBe(0);
    expect((await stat(file)).uid).toBe(process.geteuid!());
  });

  test('a file that is no calendar is refused with its first line; one that is not there stops all before anything is done', async () => {
    const folder = await serverFolder();
    const file = join(folder, 'letter.txt');
    await writeFile(file, 'Dear Ann,\n');
    const letter = await caldav(folder, ['import', file, '--user', 'ann']);
    expect(letter).toMatchObject({code: 1, err: `${file}:1: this does not begin with BEGIN:VCALENDAR\n`});
    const missing = await caldav(folder, ['import', file, join(folder, 'nowhere.ics'), '--user', 'ann']);
    expect(missing).toMatchObject({code: 1, out: '', err: expect.stringContaining('nowhere.ics cannot be read')});
  });

  test.each([
    [['import', '-'], 64, '--user'],
    [['export'], 64, '--user'],
    [['import', '-', '--user', 'anne'], 1, 'Is ann meant?'],
    [['export', '--user', 'ann', '--calendar', 'x'], 1, 'has no calendars yet'],
  ])('%j: exit code %i and a sentence', async (args, code, sentence) => {
    const result = await caldav(await serverFolder(), args);
    expect(result).toMatchObject({code, out: '', err: expect.stringContaining(sentence)});
  });

  test('export --json without --output: exit code 64 and a sentence, as JSON too', async () => {
    const {code, out, err} = await caldav(await serverFolder(), ['export', '--user', 'ann', '--json']);
    expect({code, fix: JSON.parse(out).fix}).toEqual({code: 64, fix: 'Add --output FOLDER.'});
    expect(err).toContain('--output');
  });

  test('several calendars do not go into one file, and nothing is written', async () => {
    const folder = await serverFolder();
    await caldav(folder, ['import', '-', '--user', 'ann'], event('a'));
    const result = await caldav(folder, ['export', '--user', 'ann', '--output', join(folder, 'all.ics')]);
    expect(result).toMatchObject({code: 1, err: expect.stringContaining('--calendar calendar or tasks')});
    expect(await readdir(folder)).not.toContain('all.ics');
  });
});
