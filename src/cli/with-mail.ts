import {existsSync} from 'node:fs';
import type {DatabaseSync} from 'node:sqlite';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {loadConfig} from '../config/load.ts';
import {mailFileIn, openMailFile} from '../scheduling/mail/mail-file.ts';
import {OutgoingQueue} from '../scheduling/mail/outgoing.ts';
import {asDataOwner} from './as-data-owner.ts';
import type {Command, CommandIo} from './command.ts';
import {WrongUsage} from './wrong-usage.ts';

/** Opens what is mailed, whether or not a server runs, as the account whose data it is. Throws UserError where it is out of reach. */
export function withMail<T>(config: Config, io: CommandIo, work: (database: DatabaseSync) => T | Promise<T>): Promise<T> {
  return asDataOwner(config, io, async () => {
    const database = openMailFile(mailFileIn(config.dataRoot));
    try {
      return await work(database);
    } finally {
      database.close();
    }
  });
}

/** The messages that are to be sent; there may never have been any. */
export async function withQueue<T>(config: Config, io: CommandIo, none: T, work: (queue: OutgoingQueue) => T): Promise<T> {
  if (!existsSync(mailFileIn(config.dataRoot))) return none;
  return withMail(config, io, database => work(new OutgoingQueue(database)));
}

/** What a command does that changes a message which is to be sent; `change` answers whether there is one. */
export function changeMessage(
  change: (queue: OutgoingQueue, id: number) => boolean,
  told: (id: number) => string,
): Command['run'] {
  return async ([given], _, io) => {
    const id = requireId(given);
    const config = loadConfig({file: io.configFile, folder: io.dir});
    if (!(await withQueue(config, io, false, queue => change(queue, id)))) {
      throw new UserError(`No message ${id} is to be sent.`, 'caldav mail queue shows them.');
    }
    io.out.result({id}, told(id));
    return 0;
  };
}

/** The number of a message, as `caldav mail queue` shows it. */
export function requireId(text: unknown): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1)
    throw new WrongUsage(`“${text}” is no number of a message.`, 'caldav mail queue shows them.');
  return id;
}
