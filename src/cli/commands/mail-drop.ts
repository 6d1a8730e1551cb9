import type {Command} from '../command.ts';
import {changeMessage} from '../with-mail.ts';

export const mailDrop: Command = {
  name: 'mail drop <id>',
  summary: 'never send a message',
  options: [],
  examples: [['caldav mail drop 12', 'message 12 of caldav mail queue is not sent; nobody is told']],
  run: changeMessage(
    (queue, id) => queue.drop(id, Date.now()),
    id => `Message ${id} is not sent.`,
  ),
};
