import {chownSync, mkdirSync, statSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Plan} from '../../../src/setup/planned.ts';
import type {Work} from '../../../src/setup/step.ts';
import {folders} from '../../../src/setup/steps/folders.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const nobody = {name: 'nobody', uid: 65534, gid: 65534};

function run(path: string, action: 'make' | 'keep') {
  return folders.run({folders: [{path, action, mode: 0o750, served: true}]} as unknown as Plan, {owner: nobody} as Work);
}

describe.runIf(process.geteuid?.() === 0)('the folders that root gives to the account that serves', () => {
  test('are those it has made, and empty ones', async () => {
    const folder = await temporaryFolder();
    const [made, found] = [join(folder, 'made'), join(folder, 'found')];
    mkdirSync(found);
    await run(made, 'make');
    await run(found, 'keep');
    const {uid, mode} = statSync(made);
    expect([uid, mode & 0o777, statSync(found).uid]).toEqual([nobody.uid, 0o750, nobody.uid]);
  });

  test('are not what a link leads to that the account has laid in a folder of its own', async () => {
    const folder = await temporaryFolder();
    const [data, precious] = [join(folder, 'data'), join(folder, 'precious')];
    for (const path of [data, precious]) mkdirSync(path);
    chownSync(data, nobody.uid, nobody.gid);
    symlinkSync(precious, join(data, 'documents'));
    await run(join(data, 'documents'), 'keep');
    expect(statSync(precious).uid).toBe(0);
  });
});
