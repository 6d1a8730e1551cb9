import {UserError} from '../../base/user-error.ts';
import {loadConfig} from '../../config/load.ts';
import type {Command} from '../command.ts';
import {requireId, withQueue} from '../with-mail.ts';

export const mailDrop: Command = {
  name: 'mail drop <id>',
  summary: 'never send a message',
  options: [],
  examples: [['caldav mail drop 12', 'message 12 of caldav mail queue is not sent; nobody is told']],
  async run([given], _, io) {
    const id = requireId(given);
    const config = loadConfig({file: io.configFile, folder: io.dir});
    if (!(await withQueue(config, io, false, queue => queue.drop(id, Date.now())))) {
      throw new UserError(`No message ${id} is to be sent.`, 'caldav mail queue shows them.');
    }
    io.out.result({id}, `Message ${id} is not sent.`);
    return 0;
  },
};
