import {existsSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {load, onWire, type Request, user} from './load.ts';
import {ask, median} from './measure.ts';
import {type Ours, startOurs, userAt} from './servers.ts';
import {propfind} from './workloads.ts';

export interface InviteOptions {
  /** Of one event. */
  readonly attendees: number;
  /** Of these, so many have no account here. */
  readonly elsewhere: number;
  readonly workers: number;
  /** Whether those elsewhere are told by mail, which is queued for a mail server that is not there. */
  readonly mail: boolean;
  readonly repetitions: number;
}

/** What one change by the organizer, or the answers of all, came to. */
export interface Step {
  readonly name: string;
  /** Until the answer to the request, or each; the median. */
  readonly answeredMs: number;
  /** From then until nothing is owed. */
  readonly deliveredMs: number;
  /** Of all processes, from the request until nothing is owed, by recipient. */
  readonly cpuMsEach: number | undefined;
  /** The most that all processes had. */
  readonly mostMiB: number;
}

export interface InviteResult extends InviteOptions {
  /** A PUT of an event without attendees, before and after. */
  readonly ordinaryMs: number;
  /** A PUT of as many bytes, with the same attendees and no organizer, so that nobody is invited. */
  readonly sameBytesMs: number;
  readonly restingMiB: number;
  readonly steps: readonly Step[];
}

const home = (name: string) => `/calendars/users/${name}/`;

/** Invites many to one event, changes it, lets all answer and calls it off, and waits each time until all is delivered. */
export async function measureInvitations(
  base: string,
  options: InviteOptions,
  say: (text: string) => void,
): Promise<InviteResult> {
  const {attendees, elsewhere, workers, mail, repetitions} = options;
  const here = Array.from({length: attendees - elsewhere}, (_, at) => userAt(at + 1));
  await using ours = await startOurs(base, {workers, users: here.length + 1, plist: plistFor(mail)});
  const addresses = [...here.map(addressOf), ...Array.from({length: elsewhere}, (_, at) => `mailto:guest${at}@example.net`)];
  say(`making ${here.length + 1} homes …`);
  const homes = [user, ...here].map(as => ({...propfind(home(as), '0', '<D:displayname/>'), as}));
  await sendAll(ours, homes);

  const steps: Step[] = [];
  const ordinary: number[] = [];
  const sameBytes: number[] = [];
  const put = (name: string, body: string) => timed(ours, {method: 'PUT', path: `${home(user)}calendar/${name}.ics`, body});
  for (let at = 0; at < 5; at++) await put(`warm${at}`, event(`warm${at}`, []));
  const restingMiB = mib(ours);
  const step = async (name: string, many: number, work: () => Promise<number>) => {
    for (let at = 0; at < 10; at++) ordinary.push(await put(`own${at}`, event(`own${at}`, [], {summary: name})));
    const before = ours.cpuMs();
    const answeredMs = await work();
    const {deliveredMs, mostMiB} = await untilDelivered(ours);
    const after = ours.cpuMs();
    const cpuMsEach = before === undefined || after === undefined ? undefined : (after - before) / many;
    steps.push({name, answeredMs, deliveredMs, cpuMsEach, mostMiB});
    say(printStep(steps.at(-1)!));
  };
  for (let at = 0; at < repetitions; at++) {
    const [uid, plain] = [`invited${at}`, `plain${at}`];
    sameBytes.push(await put(plain, event(plain, addresses, {organizer: false})));
    await step('invite', attendees, () => put(uid, event(uid, addresses)));
    await check(ours, here, uid);
    await step('change the summary', attendees, () => put(uid, event(uid, addresses, {summary: 'Another'})));
    await step('change the time', attendees, () => put(uid, event(uid, addresses, {hour: 15})));
    await step('all answer, and a round shows it', here.length, () => answer(ours, here, uid));
    await step('call off', attendees, () => timed(ours, {method: 'DELETE', path: `${home(user)}calendar/${uid}.ics`}));
  }
  const middle = (all: readonly number[]) => median(all, value => value);
  return {...options, ordinaryMs: middle(ordinary), sameBytesMs: middle(sameBytes), restingMiB, steps};
}

/** Each puts their own copy with ACCEPTED; answers the median time of one. */
async function answer(ours: Ours, here: readonly string[], uid: string): Promise<number> {
  const requests: Request[] = [];
  for (const as of here) {
    const {path, text} = await copyOf(ours, as, uid);
    const own = new RegExp(`(ATTENDEE[^:]*?);PARTSTAT=NEEDS-ACTION([^:]*:${addressOf(as)}\r\n)`);
    const body = text.replace(/\r\n[ \t]/g, '').replace(own, '$1;PARTSTAT=ACCEPTED$2');
    if (!body.includes('PARTSTAT=ACCEPTED')) throw new Error(`${as} is not in their own copy`);
    requests.push({method: 'PUT', path, body, as});
  }
  return (await sendAll(ours, requests)).p50;
}

async function copyOf({port}: Ours, as: string, uid: string): Promise<{path: string; text: string}> {
  const filter = `<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match collation="i;octet">${uid}</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter>`;
  const body = `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop><C:filter>${filter}</C:filter></C:calendar-query>`;
  const found = await ask(port, {method: 'REPORT', path: `${home(as)}calendar/`, depth: '1', body, as});
  const path = /<(?:\w+:)?href>([^<]+\.ics)</.exec(found.body)?.[1];
  if (path === undefined) throw new Error(`${as} has not got ${uid}: ${found.status}`);
  const {body: text} = await ask(port, {method: 'GET', path, as});
  return {path, text};
}

/** Every tenth has it. */
async function check(ours: Ours, here: readonly string[], uid: string): Promise<void> {
  for (let at = 0; at < here.length; at += 10) await copyOf(ours, here[at]!, uid);
}

async function sendAll({port}: Ours, requests: readonly Request[]) {
  const sent = await load({port, requests: requests.map(onWire), connections: 16, seconds: 0, cycle: 1, once: true});
  if (sent.errors > 0) throw new Error(`${sent.errors} requests were refused: ${sent.wrong}`);
  return sent;
}

async function timed({port}: Ours, request: Request): Promise<number> {
  const began = performance.now();
  const {status, body} = await ask(port, request);
  const took = performance.now() - began;
  if (status >= 300) throw new Error(`${request.method} ${request.path} was answered ${status}: ${body}`);
  return took;
}

/** Looks into the file that says which homes owe something. */
async function untilDelivered(ours: Ours): Promise<{deliveredMs: number; mostMiB: number}> {
  const began = performance.now();
  let mostMiB = mib(ours);
  const file = ours.dataFile('deliveries.sqlite');
  if (!existsSync(file)) throw new Error('the server has no deliveries');
  using database = new DatabaseSync(file, {readOnly: true, timeout: 5_000});
  const owed = database.prepare('SELECT count(*) AS count FROM owing');
  for (let look = 1; Number(owed.get()!.count) > 0; look++) {
    await new Promise(resolve => setTimeout(resolve, 50));
    if (look % 40 === 0) mostMiB = Math.max(mostMiB, mib(ours));
  }
  return {deliveredMs: performance.now() - began, mostMiB: Math.max(mostMiB, mib(ours))};
}

const mib = (ours: Ours) => Math.round(ours.memoryBytes() / 2 ** 20);

function plistFor(mail: boolean): string {
  const flag = (value: boolean) => (value ? '<true/>' : '<false/>');
  return `<key>EnableImplicitScheduling</key><true/><key>MaxAttendeesPerInstance</key><integer>0</integer>
<key>Scheduling</key><dict><key>iMIP</key><dict><key>Enabled</key>${flag(mail)}<key>Sending</key><dict>
<key>Server</key><string>127.0.0.1</string><key>Port</key><integer>9</integer><key>UseSSL</key><false/>
<key>Address</key><string>calendar@example.com</string></dict></dict></dict>`;
}

const addressOf = (name: string) => `mailto:${name}@example.com`;

export function event(
  uid: string,
  attendees: readonly string[],
  {organizer = true, summary = 'All hands', hour = 9}: {organizer?: boolean; summary?: string; hour?: number} = {},
): string {
  const at = String(hour).padStart(2, '0');
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//caldav//bench//EN',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260101T000000Z',
    `DTSTART:20270301T${at}0000Z`,
    `DTEND:20270301T${at}3000Z`,
    `SUMMARY:${summary}`,
    ...(attendees.length > 0 && organizer ? [`ORGANIZER;CN=Bench:${addressOf(user)}`] : []),
    ...attendees.map(address => `ATTENDEE;CN=Somebody;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${address}`),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}

function printStep({name, answeredMs, deliveredMs, cpuMsEach, mostMiB}: Step): string {
  const cpu = cpuMsEach === undefined ? '' : `, ${cpuMsEach.toFixed(1)} ms of processor each`;
  return `${name}: answered in ${answeredMs.toFixed(0)} ms, delivered ${(deliveredMs / 1000).toFixed(1)} s later${cpu}, ${mostMiB} MiB at most`;
}

/** What a person wants to know of it. */
export function printInvitations({ordinaryMs, sameBytesMs, restingMiB, steps}: InviteResult): string {
  return [
    `an ordinary PUT: ${ordinaryMs.toFixed(1)} ms; one of as many bytes that invites nobody: ${sameBytesMs.toFixed(0)} ms; ${restingMiB} MiB before`,
    ...steps.map(
      step =>
        `${printStep(step)}; ${(step.answeredMs / ordinaryMs).toFixed(1)} ordinary PUTs, ${(step.answeredMs / sameBytesMs).toFixed(1)} of as many bytes`,
    ),
    '',
  ].join('\n');
}
