import {readFile} from 'node:fs/promises';
import {extname} from 'node:path';
import {askAsAccount} from '../../server/as-account.ts';
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
    };
    const program = new URL(`../homes-process${extname(import.meta.filename)}`, import.meta.url);
    if (owner) await askAsAccount(program, owner, order);
    else await (await import('../homes.ts')).makeHomes(order);
  },
};
