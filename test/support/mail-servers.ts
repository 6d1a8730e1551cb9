import {spawn} from 'node:child_process';
import {chmod, chown, mkdir, readFile, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {onTestFinished, vi} from 'vitest';
import {freePort} from './loopback.ts';
import {temporaryFolder} from './temporary.ts';

/** Mail servers of this machine: each user's mailbox is filled by an SMTP server of its own, and read by IMAP with the password `secret`. */
export interface MailServers {
  readonly imapPort: number;
  /** By user. */
  readonly smtpPorts: Readonly<Record<string, number>>;
}

/** Started by root, both become somebody else: aiosmtpd takes nobody, and so must dovecot to remove what that has stored. */
const nobody = 65_534;

/** Dovecot (IMAP) and aiosmtpd (SMTP), until the test ends. */
export async function startMailServers(...users: string[]): Promise<MailServers> {
  const folder = await temporaryFolder();
  const {uid, gid, username} = userInfo();
  const [mailUid, mailGid] = uid === 0 ? [nobody, nobody] : [uid, gid];
  const mail = join(folder, 'mail');
  await mkdir(mail);
  // aiosmtpd would make them before it becomes somebody else.
  const maildirs = users.flatMap(user => ['', 'cur', 'new', 'tmp'].map(each => join(mail, user, each)));
  for (const each of maildirs) await mkdir(each, {recursive: true});
  for (const each of [folder, mail, ...maildirs]) await chown(each, mailUid, mailGid);
  // Dovecot's parts are several accounts, and reach each other by sockets in there.
  await chmod(folder, 0o755);
  const imapPort = await freePort();
  const accounts = uid === 0 ? [] : [`default_login_user = ${username}`, `default_internal_user = ${username}`];
  await writeFile(
    join(folder, 'dovecot.conf'),
    `${[
      `base_dir = ${folder}/run`,
      `state_dir = ${folder}/run`,
      `log_path = ${folder}/dovecot.log`,
      'protocols = imap',
      'listen = 127.0.0.1',
      'ssl = no',
      'disable_plaintext_auth = no',
      ...accounts,
      `service imap-login {\n  chroot =\n  inet_listener imap {\n    port = ${imapPort}\n  }\n  inet_listener imaps {\n    port = 0\n  }\n}`,
      'service anvil {\n  chroot =\n}',
      'first_valid_uid = 0',
      `mail_location = maildir:${mail}/%u`,
      'passdb {\n  driver = static\n  args = password=secret\n}',
      `userdb {\n  driver = static\n  args = uid=${mailUid} gid=${mailGid} home=${mail}/%u\n}`,
    ].join('\n')}\n`,
  );
  const log = () => readFile(join(folder, 'dovecot.log'), 'utf8').catch(() => '');
  run('/usr/sbin/dovecot', ['-F', '-c', join(folder, 'dovecot.conf')]);
  const smtpPorts: Record<string, number> = {};
  for (const user of users) {
    smtpPorts[user] = await freePort();
    const own = uid === 0 ? [] : ['-n'];
    run('aiosmtpd', [...own, '-l', `127.0.0.1:${smtpPorts[user]}`, '-c', 'aiosmtpd.handlers.Mailbox', join(mail, user)]);
  }
  await vi
    .waitFor(
      async () => {
        for (const port of [imapPort, ...Object.values(smtpPorts)]) await answers(port);
      },
      {timeout: 60_000, interval: 100},
    )
    .catch(async error => {
      throw new Error(`${error.message}\n${await log()}`);
    });
  return {imapPort, smtpPorts};
}

function run(program: string, args: string[]): void {
  const child = spawn(program, args, {stdio: 'ignore'});
  const gone = new Promise(resolve => child.once('close', resolve).once('error', resolve));
  onTestFinished(async () => {
    child.kill();
    await gone;
  });
}

/** Until it says something: both do, first. */
function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const end = (error?: Error) => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket
      .once('data', () => end())
      .once('error', end)
      .once('close', () => end(new Error(`${port} says nothing`)));
  });
}
