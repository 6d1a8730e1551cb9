import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'vitest';

/** Apple's scripts lie beside the checkout, or where CALDAVTESTER says; they are read in place and are no part of this project. */
const folder = process.env.CALDAVTESTER ?? join(import.meta.dirname, '../../../shared/caldavtester');

export const scripts = join(folder, 'scripts/tests');

/** `test` for what needs the scripts; without them it is skipped by name. */
export const testWithScripts: typeof test = existsSync(scripts) ? test : (test.skip as typeof test);

/** Those of what this server claims today: no sharing, attachments or CardDAV. */
export const inScope = [
  'acl',
  'alarm-dismissal',
  'availability',
  'brief',
  'conditional',
  'ctag',
  'current-user-principal',
  'depthreportsacl',
  'duplicate_uids',
  'encodedURIs',
  'errors',
  'freebusy-url',
  'implicitallday',
  'implicitattendeedelete',
  'implicitauto4',
  'implicitauto5',
  'implicitauto6',
  'implicitauto7',
  'implicitauto8',
  'implicitautomodes',
  'implicitautopast',
  'implicitcalendartransp',
  'implicitcancels',
  'implicitimip',
  'implicitpartstatchange',
  'implicitprivateevents',
  'implicitproxy',
  'implicitrecur1',
  'implicitrecur2',
  'implicitscenario3',
  'implicitschedulechanges',
  'implicitscheduletag',
  'implicitsecurity',
  'implicittimezones',
  'json',
  'limits',
  'mkcalendar',
  'nonascii',
  'options',
  'privatecomments',
  'propfind',
  'proxyauthz',
  'recurrenceput',
  'reports',
  'resourceid',
  'rscale',
  'scheduleimplicit-compatability',
  'schedulepost',
  'schedulepostacl',
  'schedulepostmaskuid',
  'scheduleprops',
  'timezoneservice',
  'webcal',
  'well-known',
];

/** The rows of the Markdown tables below a heading, each as its cells. */
export function rowsBelow(heading: string, file: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`${file} has no heading ${heading}`);
  const length = lines.slice(start + 1).findIndex(line => line.startsWith('#'));
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  return section
    .filter(line => line.startsWith('|') && !/^\|[ |:-]+$/.test(line))
    .slice(1)
    .map(line =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(cell => cell.trim().replaceAll('\\|', '|')),
    );
}

/** What the original engine counted on another server: `passed/failed/ignored` by script; `–` and the like are left out. None without the scripts. */
export function knownCounts(server: 'Radicale' | 'Xandikos' | 'Cyrus'): ReadonlyMap<string, string> {
  if (!existsSync(scripts)) return new Map();
  const column = {Radicale: 5, Xandikos: 6, Cyrus: 7}[server];
  const rows = rowsBelow(
    '## The scripts, and how three servers do (passed/failed/ignored; `start`: start requests failed; `–`: feature missing or not run)',
    join(folder, 'README.md'),
  );
  return new Map(rows.map(cells => [cells[0]!, cells[column]!] as const).filter(([, counts]) => /^\d+\/\d+\/\d+$/.test(counts)));
}
