import {parseDirectory} from '../../accounts/load.ts';
import {isBusy, isLackOfRoom} from '../../base/disk-errors.ts';
import {silent} from '../../base/log.ts';
import {UserError} from '../../base/user-error.ts';
import {loadConfig} from '../../config/load.ts';
import {PostOffice} from '../../scheduling/mail/post-office.ts';
import {maxMailBytes, prepareReader} from '../../scheduling/mail/read-mail.ts';
import {replyUrl} from '../../scheduling/mail/reply-url.ts';
import type {Command, ExitCode} from '../command.ts';
import {withMail} from '../with-mail.ts';

export const mailDeliver: Command = {
  name: 'mail deliver',
  summary: 'take one answer from a mail server',
  options: [],
  examples: [['caldav mail deliver <answer.eml', 'takes one message in; /etc/aliases has it after a |']],
  exitCodes: [
    [65, 'it is no answer that can be taken, and goes back to its sender'],
    [75, 'it cannot be taken now, and is to be brought again'],
    [78, 'mail is switched off (Scheduling.iMIP.Enabled)'],
  ],
  async run(_args, _options, io) {
    try {
      const config = loadConfig({file: io.configFile, folder: io.dir});
      if (!config.mail.enabled) {
        io.out.note('Invitations by e-mail are off (Scheduling.iMIP.Enabled).');
        return 78;
      }
      const source = await readAll(process.stdin);
      if (!source) return refuse(io, `it is larger than ${maxMailBytes} bytes`);
      const parse = await prepareReader();
      const read = await parse(source).catch(() => undefined);
      if (!read) return refuse(io, 'it cannot be read as a mail');
      const {taken, why} = await withMail(config, io, database => {
        const directory = () => parseDirectory('<accounts realm=""/>', '');
        const office = new PostOffice({settings: config.mail, database, directory, log: silent, replyUrl: replyUrl(config)});
        return office.receive(read);
      });
      return taken ? 0 : refuse(io, why);
    } catch (error) {
      if (!(error instanceof UserError) && !isBusy(error) && !isLackOfRoom(error)) throw error;
      // The mail server keeps it and comes again.
      io.out.note((error as Error).message);
      return 75;
    }
  },
};

/** What is said here, the mail server tells the sender. */
function refuse(io: Parameters<Command['run']>[2], why: string): ExitCode {
  io.out.note(`This is no answer to an invitation of this server: ${why}.`);
  return 65;
}

/** Undefined: it is too large. */
async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of stream) {
    total += part.byteLength;
    if (total > maxMailBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
