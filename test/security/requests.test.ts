import fc from 'fast-check';
import {expect, test} from 'vitest';
import {accessLine} from '../../src/http/access-log.ts';
import {createLog, forTerminal} from '../../src/server/error-log.ts';
import type {HomeId} from '../../src/store/store.ts';
import {parseXml} from '../../src/xml/parse.ts';
import {event, todo} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {basic} from '../webdav/raw.ts';
import {bounded, timeout} from './bounded.ts';
import {answersIn, converse, type WireAnswer} from './conversation.ts';
import {readCorpus} from './corpus.ts';
import {mutated} from './mutate.ts';

const corpus = readCorpus();
const anns: HomeId = `calendars/${guidOf(1)}`;
const bobs: HomeId = `calendars/${guidOf(2)}`;

/** A request whole, Ann's or nobody's, that ends its connection. */
function wire(head: Uint8Array, body: Uint8Array, authorization = basic('ann')): Buffer {
  const more = `\r\nAuthorization: ${authorization}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([head, Buffer.from(more), body]);
}

/** What the clients asked for by other names is there, too. */
const there = (text: string) => text.replace(/(?<=\/calendar\/)[^/\s<>]+\.ics/g, '1.ics');
const heads = corpus.map(({head}) => Buffer.from(there(head.join('\r\n'))));
const bodies = corpus.map(({body}) => Buffer.from(there(body)));
const whole = fc.constantFrom(...corpus.map((_, at) => at));
/** The head alone is changed, or the body alone with its length told rightly, or whatever comes. */
const request = fc.oneof(
  whole.chain(at => mutated([heads[at]!]).map(head => wire(head, bodies[at]!))),
  fc.tuple(whole, mutated(bodies)).map(([at, body]) => wire(heads[at]!, body)),
  {
    weight: 4,
    arbitrary: whole.chain(at => mutated([bodies[at]!]).map(body => wire(heads[at]!, body))),
  },
  mutated(corpus.map((_, at) => wire(heads[at]!, bodies[at]!))),
  fc
    .tuple(
      whole,
      mutated([
        Buffer.from(basic('ann')),
        Buffer.from('Digest username="ann", realm="Test Realm", nonce="x", uri="/", response="0"'),
      ]),
    )
    .map(([at, authorization]) => wire(heads[at]!, bodies[at]!, authorization.toString('latin1'))),
);

/** One line, printable, with the fields of Apache's combined format. */
const accessForm =
  /^[\da-f.:]+ - [!-~\u00a1-\uffff]+ \[[^\]]+\] "(?:[^"\\]|\\.)*" \d{3} [\d-]+ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*" i=\d+ p=\d+ or=\d+ t=[\d.]+\n$/;

function requireSound({status, headers, body}: WireAnswer): void {
  expect(status).not.toBe(500);
  if (!body || body.length === 0 || !/\bxml\b/.test(headers.get('content-type') ?? '')) return;
  parseXml(body);
}

test('whatever becomes of a client’s request on its way, the server answers it as HTTP has it, and everybody else as ever', {
  timeout,
}, async () => {
  const faults: string[] = [];
  const lines: string[] = [];
  const {ann, bob, base, store, underWay} = await serve(
    {ann: [], bob: [event('bobs')]},
    {
      log: createLog('debug', line => lines.push(line)),
      access: entry => {
        const line = accessLine(entry, true);
        if (!accessForm.test(line) || /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(line)) faults.push(line);
      },
    },
  );
  const port = Number(new URL(base).port);
  const prototypes = () => [Object, Array, String, Function, Map].map(({prototype}) => Reflect.ownKeys(prototype).length);
  const before = prototypes();
  const revisionOf = async (home: HomeId) => (await store.view(home))?.find('')?.revision;
  const bobsRevision = await revisionOf(bobs);
  const probe = async () => expect((await bob.get('/calendars/users/bob/calendar/1.ics')).status).toBe(200);
  const pause = async () => {
    await probe();
    await new Promise(resolve => setTimeout(resolve, 20));
  };
  const home = '/calendars/users/ann/';

  async function begin(): Promise<void> {
    const view = await store.view(anns);
    for (const {path, collection} of view ? [...view.members('')] : []) {
      const token = view!.locks()[0]?.token;
      await ann.delete(`${home}${encodeURIComponent(path)}${collection ? '/' : ''}`, token ? {if: `(<${token}>)`} : {});
    }
    await ann.request('MKCALENDAR', `${home}calendar/`);
    await ann.put(
      `${home}calendar/1.ics`,
      event('1', '20260105T100000Z', 'RRULE:FREQ=WEEKLY', 'ATTENDEE:mailto:bob@example.com'),
    );
    await ann.put(
      `${home}calendar/2.ics`,
      todo('2', 'BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT5M', 'END:VALARM'),
    );
  }

  await fc.assert(
    fc
      .asyncProperty(fc.array(request, {minLength: 1, maxLength: 12}), async requests => {
        for (const bytes of requests) {
          const earlier = await revisionOf(anns);
          const answers = answersIn(await converse(port, bytes, pause));
          for (const answer of answers) requireSound(answer);
          // One that was waited for no longer may yet be carried out.
          while (underWay() > 0) await pause();
          if (answers.length > 0 && answers.every(({status}) => status >= 400)) expect(await revisionOf(anns)).toBe(earlier);
          for (const line of lines.splice(0)) {
            const {level, msg} = JSON.parse(line);
            if (level === 'error') faults.push(line);
            expect(line.indexOf('\n')).toBe(line.length - 1);
            expect((forTerminal(line) ?? '\n').slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
            expect(msg).toBeTypeOf('string');
          }
          expect(faults).toEqual([]);
        }
        await probe();
        expect(await revisionOf(bobs)).toBe(bobsRevision);
        expect(prototypes()).toEqual(before);
      })
      .beforeEach(begin),
    bounded(60),
  );
});
