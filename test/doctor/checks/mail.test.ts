import {chmod, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test as plain} from 'vitest';
import type {DoctorContext} from '../../../src/doctor/check.ts';
import {mail} from '../../../src/doctor/checks/mail.ts';
import {configure, mailPlist} from '../../scheduling/mail/office.ts';
import {freePort} from '../../support/loopback.ts';
import {startMailServers} from '../../support/mail-servers.ts';
import {testWith} from '../../support/programs.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const look = async (plist: Record<string, unknown>, file = '/x/conf/f.plist') => {
  const config = {...configure(plist), file};
  const results = await mail.run({config} as unknown as DoctorContext);
  return results.map(({status, message}) => `${status}: ${message}`);
};

describe('the check of invitations by e-mail', () => {
  plain('is left out where they are off', () => {
    expect(mail.applies!({config: configure({})} as unknown as DoctorContext)).toBe(false);
  });

  plain('says what is missing, that POP is not spoken, and who else can read a password; it shows none', async () => {
    const file = join(await temporaryFolder(), 'f.plist');
    await writeFile(file, '');
    await chmod(file, 0o644);
    const results = await look(mailPlist({Sending: {Address: 'nobody', Password: 'geheim'}, Receiving: {Type: 'pop'}}), file);
    expect(results).toEqual([
      'fail: “nobody” is no e-mail address',
      `warn: ${file} has the password of a mailbox, and others on this machine can read it`,
      'fail: nothing says which mail server takes messages',
      'fail: answers are to be fetched by POP, which is not spoken here',
    ]);
    expect(results.join()).not.toContain('geheim');
  });

  plain('says which mail server does not answer', async () => {
    const port = await freePort();
    const results = await look(mailPlist({Sending: {Address: 'c@example.com', Server: '127.0.0.1', Port: port, UseSSL: false}}));
    expect(results[1]).toMatch(new RegExp(`^fail: the mail server 127.0.0.1:${port} does not let this server in: `));
  });

  testWith('aiosmtpd', 'dovecot')(
    'says that all is well, and when the password of the mailbox is wrong',
    {timeout: 60_000},
    async () => {
      const {imapPort, smtpPorts} = await startMailServers('calendar');
      const sending = {Address: 'c@example.com', Server: '127.0.0.1', Port: smtpPorts.calendar, UseSSL: false};
      const receiving = {Server: '127.0.0.1', Port: imapPort, UseSSL: false, Username: 'calendar'};
      const of = (password: string) =>
        look(mailPlist({Sending: sending, Receiving: {...receiving, Password: password}}), '/nowhere');
      expect(await of('secret')).toEqual([
        'ok: messages are from c@example.com',
        `ok: the mail server 127.0.0.1:${smtpPorts.calendar} takes messages`,
        'ok: the mailbox of calendar on 127.0.0.1 can be read',
      ]);
      expect((await of('wrong'))[2]).toMatch(/^fail: the mailbox of calendar on 127.0.0.1 cannot be read: /);
    },
  );
});
