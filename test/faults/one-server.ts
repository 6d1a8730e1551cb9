import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {onTestFinished} from 'vitest';
import {homeFolder} from '../../src/store/file/layout.ts';
import {accounts, Crew} from '../crash/crew.ts';
import {Client} from '../support/client.ts';
import {Faulty} from './faulty.ts';

/** A worker on a data folder of its own, whose disk and clock can be made to fail; a client, and where the client's calendar lies. */
export async function startFaulty() {
  const folder = mkdtempSync(join(tmpdir(), 'caldav-faults-'));
  const faulty = new Faulty(folder);
  const crew = await Crew.make(folder, 1, faulty.env);
  onTestFinished(async () => {
    await crew[Symbol.asyncDispose]();
    rmSync(folder, {recursive: true, force: true});
  });
  await crew.start();
  const ann = new Client(crew.bases()[0]!, 'ann', 'ann');
  const home = homeFolder(crew.root, `calendars/${accounts.ann}`);
  return {faulty, crew, ann, home, files: join(home, 'calendar')};
}
