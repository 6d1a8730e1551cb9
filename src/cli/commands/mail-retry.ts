import {UserError} from '../../base/user-error.ts';
import {loadConfig} from '../../config/load.ts';
import type {Command} from '../command.ts';
import {requireId, withQueue} from '../with-mail.ts';

export const mailRetry: Command = {
  name: 'mail retry <id>',
  summary: 'try a message again now',
  options: [],
  examples: [['caldav mail retry 12', 'has the server send message 12 of caldav mail queue at once, also if it was given up']],
  async run([given], _, io) {
    const id = requireId(given);
    const config = loadConfig({file: io.configFile, folder: io.dir});
    if (!(await withQueue(config, io, false, queue => queue.retry(id, Date.now())))) {
      throw new UserError(`No message ${id} is to be sent.`, 'caldav mail queue shows them.');
    }
    io.out.result({id}, `Message ${id} is tried again as soon as the server runs.`);
    return 0;
  },
};
