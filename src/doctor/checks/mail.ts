import {lstat} from 'node:fs/promises';
import type {Config} from '../../config/config.ts';
import {isEmail} from '../../scheduling/mail/addresses.ts';
import {prepareMailbox} from '../../scheduling/mail/mailbox.ts';
import {prepareTransport} from '../../scheduling/mail/transport.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** Invitations by e-mail, where they are on: the address, the mail server that takes them, the mailbox that answers come to. */
export const mail: Check = {
  name: 'mail',
  what: 'Invitations by e-mail',
  applies: ({config}) => config?.mail.enabled ?? false,
  async run({config}) {
    const settings = config!.mail;
    return [
      ...judgeAddress(settings),
      ...(await checkSecrets(config!)),
      ...(await checkSending(settings)),
      ...(await checkReceiving(settings)),
    ];
  },
};

/** Whom messages are from. */
export function judgeAddress({sending}: Config['mail']): CheckResult[] {
  if (isEmail(sending.address)) return [ok(`messages are from ${sending.address}`)];
  return [
    fail(
      sending.address === '' ? 'nothing says whom messages are from' : `“${sending.address}” is no e-mail address`,
      'caldav config set Scheduling.iMIP.Sending.Address calendar@example.com',
    ),
  ];
}

/** Passwords stand in the plist. */
async function checkSecrets({file, mail: {sending, receiving}}: Config): Promise<CheckResult[]> {
  if (sending.password === '' && receiving.password === '') return [];
  const stats = await lstat(file).catch(() => undefined);
  if (!stats || (stats.mode & 0o077) === 0) return [];
  return [warn(`${file} has the password of a mailbox, and others on this machine can read it`, `chmod 600 ${file}`)];
}

async function checkSending({sending}: Config['mail']): Promise<CheckResult[]> {
  if (sending.server === '') {
    return [
      fail('nothing says which mail server takes messages', 'caldav config set Scheduling.iMIP.Sending.Server mail.example.com'),
    ];
  }
  const open = await prepareTransport();
  const transport = open(sending);
  const where = `${sending.server}:${sending.port}`;
  try {
    await transport.verify();
    return [ok(`the mail server ${where} takes messages${sending.username ? ` from ${sending.username}` : ''}`)];
  } catch (error) {
    return [
      fail(`the mail server ${where} does not let this server in: ${reason(error)}`, 'mend Scheduling.iMIP.Sending in the plist'),
    ];
  } finally {
    transport.close();
  }
}

async function checkReceiving({receiving}: Config['mail']): Promise<CheckResult[]> {
  if (receiving.type === 'pop') {
    return [
      fail(
        'answers are to be fetched by POP, which is not spoken here',
        'set Scheduling.iMIP.Receiving.Type to imap, or let the mail server hand answers to `caldav mail deliver`',
      ),
    ];
  }
  if (receiving.server === '')
    return [ok('no mailbox is looked at: answers come by `caldav mail deliver` and by the links in messages')];
  const open = await prepareMailbox();
  try {
    await open(receiving).verify();
    return [ok(`the mailbox of ${receiving.username} on ${receiving.server} can be read`)];
  } catch (error) {
    return [
      fail(
        `the mailbox of ${receiving.username} on ${receiving.server} cannot be read: ${reason(error)}`,
        'mend Scheduling.iMIP.Receiving in the plist',
      ),
    ];
  }
}

/** What the mail server said; passwords are never in it. */
function reason(error: unknown): string {
  const {response, responseText, message} = error as {response?: unknown; responseText?: unknown; message?: unknown};
  const text = [responseText, response, message].find(each => typeof each === 'string' && each !== '') as string | undefined;
  return (text ?? String(error)).replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 200);
}
