import {mkdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import {printMonolithic} from '../../caldav/monolithic.ts';
import {calendarHomeId} from '../../scheduling/provision.ts';
import type {Command} from '../command.ts';
import {calendarsOf, displayNameOf, requireCalendar} from '../transfer/find-calendar.ts';
import {withData} from '../transfer/open-data.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'write calendars out as iCalendar files',
  options: [
    {flags: '--user <name>', description: 'whose calendars: a short name or an e-mail address'},
    {flags: '--calendar <name>', description: 'this one only, by the name in its URL or the one people see'},
    {
      flags: '--output <path>',
      description: 'a file that ends in .ics, or a folder for one file a calendar (default: standard output)',
    },
  ],
  examples: [
    ['caldav export --user ann --output backup/', "writes each of ann's calendars into a file of its own"],
    ['caldav export --user ann --calendar work > work.ics', 'writes one calendar to standard output'],
  ],
  async run(_args, options, io) {
    const {user, calendar, output} = options as {user?: string; calendar?: string; output?: string};
    if (user === undefined) throw new WrongUsage('Export needs to know whose calendars.', 'Add --user NAME.');
    if (io.out.json && output === undefined) {
      throw new WrongUsage('With --json the calendars cannot go to standard output too.', 'Add --output FOLDER.');
    }
    const texts = await readCalendars(io, user, calendar);
    if (output === undefined) {
      await print(texts.map(({text}) => text).join(''));
      return 0;
    }
    const files = await writeFiles(texts, resolve(output));
    const list = files.map(({file, objects, calendar: name}) => `${name}: ${objects} objects to ${file}`);
    io.out.result({user, calendars: files}, list.join('\n') || 'There is no calendar.');
    return 0;
  },
};

interface CalendarText {
  readonly calendar: string;
  readonly displayName: string;
  readonly objects: number;
  readonly text: string;
}

/** Whole calendars in memory: they are written by the account that asked, after the data was read by the one that owns it. */
async function readCalendars(
  io: Parameters<Command['run']>[2],
  user: string,
  wanted: string | undefined,
): Promise<CalendarText[]> {
  return withData(io, user, async ({principal, store}) => {
    const view = await store.view(calendarHomeId(principal));
    if (!view)
      throw new UserError(`${user} has no calendars yet.`, 'They are made when a client connects, or by `caldav import`.');
    const calendars = wanted === undefined ? calendarsOf(view) : [requireCalendar(view, wanted)];
    const texts: CalendarText[] = [];
    for (const stored of calendars) {
      let text = '';
      for await (const part of printMonolithic(stored, view)) text += part;
      texts.push({calendar: stored.path, displayName: displayNameOf(stored), objects: view.count(stored.path), text});
    }
    return texts;
  });
}

async function writeFiles(texts: readonly CalendarText[], output: string) {
  const isFolder = await stat(output).then(
    found => found.isDirectory(),
    () => !output.endsWith('.ics'),
  );
  if (!isFolder && texts.length !== 1) {
    throw new UserError(
      `${texts.length} calendars do not go into one file.`,
      `Name one (--calendar ${texts.map(({calendar}) => calendar).join(' or ')}), or give a folder.`,
    );
  }
  if (isFolder) await mkdir(output, {recursive: true, mode: 0o700});
  const taken = new Set<string>();
  const written: (Omit<CalendarText, 'text'> & {file: string})[] = [];
  for (const {text, ...about} of texts) {
    const file = isFolder ? join(output, fileName(about, taken)) : output;
    await writeWhole(file, text);
    written.push({...about, file});
  }
  return written;
}

/** What people call it, where a file can be called so too. */
function fileName({displayName, calendar}: Pick<CalendarText, 'displayName' | 'calendar'>, taken: Set<string>): string {
  const wanted =
    displayName
      .replace(/[/\\:\p{Cc}]/gu, '-')
      .replace(/^\.+/, '')
      .slice(0, 60)
      .trim() || calendar;
  const name = taken.has(wanted.toLowerCase()) ? `${wanted} (${calendar})` : wanted;
  taken.add(name.toLowerCase());
  return `${name}.ics`;
}

/** All of it or nothing, and for nobody else to read. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    await writeFile(temporary, text, {mode: 0o600, flush: true});
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, {force: true});
    throw new UserError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}.`, 'Choose another place: --output');
  }
}

function print(text: string): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.write(text, error => (error ? fail(error) : done()));
  });
}
