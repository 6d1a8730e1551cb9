import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import fc from 'fast-check';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import {mailFileIn, openMailFile} from '../../src/scheduling/mail/mail-file.ts';
import {OutgoingQueue} from '../../src/scheduling/mail/outgoing.ts';
import {type Person, Players, type Step, step} from '../scheduling/agreement.ts';
import {Client} from '../support/client.ts';
import {Crew} from './crew.ts';
import {failpoints, ofInvitations} from './failpoints.ts';

/** What happens to the server meanwhile: a kill -9 of one worker or of all while a step is taken, or at a point of its work. */
export type Blow =
  | {readonly do: 'kill'; readonly which: 'one' | 'all'; readonly worker: number; readonly afterMs: number; readonly during: Step}
  | {readonly do: 'arm'; readonly failpoint: string; readonly nth: number};

const blow: fc.Arbitrary<Blow> = fc.oneof(
  fc.record({
    do: fc.constant('kill' as const),
    which: fc.constantFrom('one' as const, 'all' as const),
    worker: fc.nat(1),
    afterMs: fc.nat(60),
    during: step,
  }),
  fc.record({
    do: fc.constant('arm' as const),
    failpoint: fc.oneof({weight: 3, arbitrary: fc.constantFrom(...ofInvitations)}, fc.constantFrom(...failpoints)),
    nth: fc.integer({min: 1, max: 4}),
  }),
);

/** Steps in groups, each with a blow in it. */
export const story = (blows: number) =>
  fc.array(fc.tuple(fc.array(step, {minLength: 2, maxLength: 6}), blow), {minLength: blows, maxLength: blows});

/** Invitations go to people here and, by a mail server that is not there, to one who is not. */
const keys = `<key>EnableImplicitScheduling</key><true/><key>ServerHostName</key><string>cal.example.com</string>
<key>Scheduling</key><dict><key>iMIP</key><dict><key>Enabled</key><true/>
<key>Sending</key><dict><key>Server</key><string>127.0.0.1</string><key>Port</key><integer>9</integer>
<key>UseSSL</key><false/><key>Address</key><string>calendar@example.com</string></dict></dict></dict>`;

/** A server that delivers, and is killed while it does. */
export class InvitingCrew {
  readonly crew: Crew;
  readonly players: Players;
  kills = 0;
  #answering = 0;

  private constructor(crew: Crew) {
    this.crew = crew;
    this.players = new Players({client: name => this.#client(name), settled: () => this.settled()});
  }

  static async begin(folder: string): Promise<InvitingCrew> {
    const crew = await Crew.make(folder, 2, {}, keys);
    await crew.start();
    const inviting = new InvitingCrew(crew);
    await inviting.players.begin();
    return inviting;
  }

  /** By one worker after the other: what one has stored another delivers. */
  #client(name: Person): Client {
    const bases = this.crew.bases();
    return new Client(bases[this.#answering++ % bases.length]!, name, name);
  }

  async take(steps: readonly Step[], happens: Blow): Promise<void> {
    const {crew, players} = this;
    for (const each of steps) await this.#step(each);
    if (happens.do === 'kill') {
      crew.prepare();
      const taken = players.take(happens.during);
      await delay(happens.afterMs);
      await crew.kill(happens.which === 'one' ? happens.worker : undefined);
      players.log.push(`killed ${happens.which} after ${happens.afterMs} ms`);
      await taken.catch(error => {
        // It waits for what the dead worker would have done: another does it.
        if (happens.during.do !== 'settle') throw error;
      });
      this.kills++;
    } else {
      await crew.kill();
      await crew.start(`${happens.failpoint}:${happens.nth}`);
      this.kills++;
      players.log.push(`armed ${happens.failpoint}:${happens.nth}`);
    }
    await this.#revive();
  }

  async #step(step: Step): Promise<void> {
    await this.#revive();
    await this.players.take(step);
  }

  /** What the supervisor does: those that are left see to what the dead one owed, and another takes its place. */
  async #revive(): Promise<void> {
    const {crew} = this;
    if (crew.bases().length < crew.size) {
      if (crew.bases().length > 0) crew.tellHeirs();
      await crew.start();
    }
    this.players.move();
  }

  async settled(): Promise<void> {
    using file = openDeliveriesFile(join(this.crew.folder, 'data', 'deliveries.sqlite'));
    for (const began = Date.now(); file.owing().length > 0; await delay(10)) {
      if (this.crew.bases().length < this.crew.size) await this.#revive();
      if (Date.now() - began > 120_000)
        throw new Error(`still owed: ${JSON.stringify(file.owing().map(home => [home, file.entries(home)]))}`);
    }
  }

  async requireAgreement(): Promise<void> {
    // Whoever is armed would die in the middle of an answer.
    await this.crew.kill();
    await this.#revive();
    await this.settled();
    const database = openMailFile(mailFileIn(join(this.crew.folder, 'data')));
    const mailed = new OutgoingQueue(database).list(true);
    database.close();
    if (mailed.length === 0) throw new Error('nothing was mailed');
    await this.players.requireAgreement(mailed);
    const {complaints} = this.crew;
    const unexpected = complaints.filter(line => !/could not be sent|ended by itself/.test(line));
    if (unexpected.length > 0) throw new Error(unexpected.join(''));
  }
}
