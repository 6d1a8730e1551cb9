import {loadConfig} from '../../config/load.ts';
import {heldBack} from '../../scheduling/mail/hold-back.ts';
import type {Outgoing} from '../../scheduling/mail/outgoing.ts';
import type {Command} from '../command.ts';
import {columns} from '../open-accounts.ts';
import {withQueue} from '../with-mail.ts';

/** Neither tokens nor what is in the messages: who reads a log or a terminal need not be who sent them. */
export const mailQueue: Command = {
  name: 'mail queue',
  summary: 'list the messages that are to be sent by e-mail',
  options: [{flags: '--all', description: 'those that were sent, too'}],
  examples: [['caldav mail queue', 'what waits, since when, and what the mail server said']],
  async run(_, {all}, io) {
    const config = loadConfig({file: io.configFile, folder: io.dir});
    const found = await withQueue<Outgoing[]>(config, io, [], queue => queue.list(all === true));
    const listed = found.map(({id, state, method, uid, to_address, attempts, created, next, error}) => ({
      id,
      state,
      method,
      uid,
      to: to_address.replace(/^mailto:/i, ''),
      attempts,
      created: new Date(created).toISOString(),
      ...(state === 'waiting' ? {next: new Date(next).toISOString()} : {}),
      ...(error ? {error} : {}),
    }));
    const rows = listed.map(({id, state, method, to, attempts, created, error}) => [
      String(id),
      state === 'reported' ? 'failed' : error === heldBack ? 'held back' : state,
      method,
      to,
      created.slice(0, 16).replace('T', ' '),
      attempts > 0 ? `tried ${attempts}×` : '',
      error === heldBack ? error.slice('held back: '.length) : (error ?? ''),
    ]);
    io.out.result(listed, rows.length > 0 ? columns(rows) : 'Nothing is to be sent.');
    return 0;
  },
};
