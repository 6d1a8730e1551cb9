import {fork} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {extname} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {HomesOrder} from '../homes.ts';
import type {Step} from '../step.ts';

/** Gives the new accounts their calendars and task lists. */
export const homes: Step = {
  name: 'homes',
  title: ({accounts}) => `make the calendars of ${accounts.map(({name}) => name).join(' and ')}`,
  applies: ({accounts}) => accounts.length > 0,
  done: ({accounts}) => accounts.length === 0,
  async run({accounts, accountsFile, settings}, {owner}) {
    const order: HomesOrder = {
      documentRoot: settings.documentRoot,
      accounts: await readFile(accountsFile.path, 'utf8'),
      names: accounts.map(({name}) => name),
      account: owner,
    };
    if (owner) await inOwnProcess(order);
    else await (await import('../homes.ts')).makeHomes(order);
  },
};

/** Root gives itself up for this in a process of its own, which has loaded the program before the account can no longer read it. */
async function inOwnProcess(order: HomesOrder): Promise<void> {
  const program = new URL(`../homes-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const child = fork(program, {execArgv: [], cwd: '/', stdio: ['ignore', 'ignore', 'inherit', 'ipc']});
  const {complaint} = await new Promise<{complaint?: string}>((resolve, reject) => {
    child.once('message', message => resolve(message as {complaint?: string}));
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`the process that makes the calendars ended with ${code}`)));
    child.send(order);
  });
  if (complaint) throw new Error(complaint);
}
