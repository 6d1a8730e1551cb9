import type {Directory} from '../../accounts/principal.ts';
import type {Log} from '../../base/log.ts';
import type {Config} from '../../config/config.ts';
import {readTemplates} from './compose.ts';
import {mailFileIn, openMailFile} from './mail-file.ts';
import {prepareMailbox} from './mailbox.ts';
import type {MailCallbacks, Mailer} from './mailer.ts';
import {PostOffice} from './post-office.ts';
import {prepareReader} from './read-mail.ts';
import {replyUrl} from './reply-url.ts';
import {prepareTransport} from './transport.ts';

export interface MailRoom extends Mailer {
  /** For the page to answer on; undefined where mail is off. */
  readonly office?: PostOffice;
  /** Begins to send and to look for answers, as soon as no other process does. */
  start(callbacks: MailCallbacks): void;
  /** Ends what is under way, and lets another process go on. */
  stop(): Promise<void>;
}

const off: MailRoom = {send: async () => 'off', start() {}, stop: async () => {}};

/** How often what other processes have put there is looked for. */
const tickMs = 2_000;

/**
 * Loads what mail takes, where the configuration has it on, while this process may still read its own program; what is returned opens
 * the file in DataRoot.
 */
export async function prepareMail(config: Config): Promise<(directory: () => Directory, log: Log) => MailRoom> {
  if (!config.mail.enabled) return () => off;
  const settings = config.mail;
  const [openTransport, openMailbox, read] = await Promise.all([prepareTransport(), prepareMailbox(), prepareReader()]);
  const templates = readTemplates();
  return (directory, log) => {
    const database = openMailFile(mailFileIn(config.dataRoot));
    const office = new PostOffice({settings, database, directory, log, replyUrl: replyUrl(config)});
    const mailbox =
      settings.receiving.server && settings.receiving.type === 'imap' ? openMailbox(settings.receiving, database) : undefined;
    if (settings.receiving.type === 'pop')
      log.warn({}, 'answers are not looked for: Scheduling.iMIP.Receiving.Type pop is not spoken here');
    let timer: NodeJS.Timeout | undefined;
    let working: Promise<void> | undefined;
    let stopped = false;
    let again = false;
    let polledAt = 0;
    let purgedAt = 0;
    const transport = openTransport(settings.sending);

    const round = async (callbacks: MailCallbacks) => {
      if (!office.hasLease()) return;
      // A long message may take longer than the lease.
      const renewal = setInterval(() => office.hasLease(), 15_000).unref();
      try {
        if (mailbox && Date.now() - polledAt >= settings.receiving.pollingSeconds * 1000) {
          polledAt = Date.now();
          await mailbox
            .poll(async source => !stopped && office.receive(await read(source)).taken)
            .catch(error => log.warn({}, `the mailbox with the answers could not be read: ${(error as Error).message}`));
        }
        await office.work({...callbacks, transport, templates}, () => !stopped);
        if (Date.now() - purgedAt > 3_600_000) {
          purgedAt = Date.now();
          office.purge();
        }
      } finally {
        clearInterval(renewal);
      }
    };

    const wake = (callbacks: MailCallbacks) => {
      if (stopped) return;
      if (working) again = true;
      else {
        again = false;
        working = round(callbacks)
          .catch(error => log.error({err: error}, 'mail could not be looked after'))
          .finally(() => {
            working = undefined;
            if (again) wake(callbacks);
          });
      }
    };

    return {
      office,
      send: (message, sender) => office.send(message, sender),
      start(callbacks) {
        office.onWork = () => wake(callbacks);
        timer = setInterval(() => wake(callbacks), tickMs).unref();
        wake(callbacks);
      },
      async stop() {
        stopped = true;
        clearInterval(timer);
        await working;
        transport.close();
        office.releaseLease();
        database.close();
      },
    };
  };
}
