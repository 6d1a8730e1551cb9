import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const src = join(import.meta.dirname, '../../src');

/** Every failpoint of the program, as its sources name them: a new one is tried without being listed anywhere. */
const named = readdirSync(src, {recursive: true, encoding: 'utf8'})
  .filter(file => file.endsWith('.ts'))
  .flatMap(file => [...readFileSync(join(src, file), 'utf8').matchAll(/failpoint\('([^']+)'\)/g)].map(([, name]) => name!));

/** Those of invitations, see inviting.ts and test/scheduling/crash.test.ts. */
export const ofInvitations = ['delivery owed', 'delivery kept', 'message delivered', 'delivery removed'];

/** Those of a home's making and removal, and of an index's repair, which no client comes by; and one of the supervisor's. */
export const rare = [
  'home made',
  'home in place',
  'home marked',
  'home aside',
  'next index made',
  'old index aside',
  'next index in place',
  'connection handed over',
  ...ofInvitations,
];

export const failpoints = named.filter(name => !rare.includes(name));

/** Passed once for each home by each start of the server. */
export const oncePerStart = ['workshop cleared', 'home looked over'];
