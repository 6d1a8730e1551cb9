import type {Command} from '../command.ts';
import {changeMessage} from '../with-mail.ts';

export const mailRetry: Command = {
  name: 'mail retry <id>',
  summary: 'try a message again now',
  options: [],
  examples: [['caldav mail retry 12', 'has the server send message 12 of caldav mail queue at once, also if it was given up']],
  run: changeMessage(
    (queue, id) => queue.retry(id, Date.now()),
    id => `Message ${id} is tried again as soon as the server runs.`,
  ),
};
