import {readFile} from 'node:fs/promises';
import {buffer} from 'node:stream/consumers';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {IcalError} from '../../ical/ical-error.ts';
import {type SplitObject, splitCalendar} from '../../ical/split.ts';
import {calendarHomeId, provisionHome} from '../../scheduling/provision.ts';
import type {Limits} from '../../webdav/limits.ts';
import type {Command} from '../command.ts';
import {findCalendar, requireCalendar} from '../transfer/find-calendar.ts';
import {importObjects} from '../transfer/import-objects.ts';
import {makeCalendar} from '../transfer/make-calendar.ts';
import {withData} from '../transfer/open-data.ts';
import {createProgress} from '../transfer/progress.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const importCommand: Command = {
  name: 'import <files...>',
  summary: 'bring iCalendar files into a calendar',
  options: [
    {flags: '--user <name>', description: 'whose calendar: a short name or an e-mail address'},
    {flags: '--calendar <name>', description: 'the calendar, by the name in its URL or the one people see', default: 'calendar'},
    {flags: '--create', description: 'make the calendar if there is none of that name'},
  ],
  examples: [
    ['caldav import holidays.ics --user ann --calendar holidays --create', 'makes a calendar of the file'],
    [
      'caldav import *.ics --user ann',
      'brings files into the calendar `calendar`; what is there already and the same stays as it is',
    ],
    ['curl https://example.com/feed.ics | caldav import - --user ann', 'reads standard input'],
  ],
  async run([files], options, io) {
    const user = options.user as string | undefined;
    if (user === undefined) throw new WrongUsage('Import needs to know whose calendar.', 'Add --user NAME.');
    const name = options.calendar as string;
    const sources = await Promise.all((files as string[]).map(readSource));
    const refused: RefusedObject[] = [];
    const objects = sources.flatMap(source => split(source, refused));
    const counts = {added: 0, updated: 0, unchanged: 0};

    const calendar = await withData(io, user, async ({config, principal, store}) => {
      await provisionHome(store, principal);
      const home = calendarHomeId(principal);
      const view = (await store.view(home))!;
      let path = findCalendar(view, name)?.path;
      if (path === undefined && options.create) {
        const components = [...new Set(objects.map(({component}) => component))];
        const destination = {store, home, maxCollections: config.limits.maxCollectionsPerHome};
        path = await makeCalendar(destination, name, components.length > 0 ? components : ['VEVENT']);
      }
      path ??= requireCalendar(view, name, 'To make it: --create').path;
      const progress = createProgress(io.out, 'importing', objects.length);
      const destination = {store, home, calendar: path, limits: limitsOf(config)};
      await importObjects(destination, objects, (object, outcome) => {
        progress.step();
        if (typeof outcome === 'string') counts[outcome]++;
        else refused.push({file: (object as FileObject).file, line: object.line, uid: object.uid, reason: outcome.refused});
      }).finally(() => progress.end());
      return path;
    });

    const order = new Map(sources.map(({file}, at) => [file, at]));
    refused.sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line);
    if (!io.out.json)
      for (const {file, line, uid, reason} of refused) io.out.note(`${file}:${line}: ${reason}${uid ? ` (UID ${uid})` : ''}`);
    io.out.result({user, calendar, ...counts, refused}, summary(calendar, counts, refused.length));
    return refused.length > 0 ? 1 : 0;
  },
};

/** What was not taken, and why. */
interface RefusedObject {
  readonly file: string;
  readonly line: number;
  readonly uid: string | undefined;
  readonly reason: string;
}

type FileObject = SplitObject & {readonly file: string};

interface Source {
  readonly file: string;
  readonly bytes: Uint8Array;
}

async function readSource(file: string): Promise<Source> {
  if (file === '-') return {file: 'standard input', bytes: await buffer(process.stdin)};
  try {
    return {file, bytes: await readFile(file)};
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, 'Nothing was imported.');
  }
}

function split({file, bytes}: Source, refused: RefusedObject[]): FileObject[] {
  try {
    const found = splitCalendar(bytes);
    for (const {line, uid, message} of found.refused) refused.push({file, line, uid, reason: message});
    return found.objects.map(object => ({...object, file}));
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    refused.push({file, line: error.line, uid: undefined, reason: error.message});
    return [];
  }
}

function limitsOf({limits}: Config): Limits {
  return {...limits, quotaBytes: limits.userQuotaBytes, maxInstances: limits.maxAllowedInstances};
}

function summary(
  calendar: string,
  {added, updated, unchanged}: Record<'added' | 'updated' | 'unchanged', number>,
  refused: number,
): string {
  return `${calendar}: ${added} added, ${updated} updated, ${unchanged} unchanged, ${refused} refused.`;
}
