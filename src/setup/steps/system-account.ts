import {execa} from 'execa';
import {UserError} from '../../base/user-error.ts';
import type {Step} from '../step.ts';
import {findSystemAccount} from '../system-accounts.ts';

/** Makes the account that the server becomes when root starts it: without a home, a shell or a password. */
export const systemAccount: Step = {
  name: 'system-account',
  title: ({systemAccount}) => `make the system account ${systemAccount?.name}`,
  applies: ({systemAccount}) => systemAccount !== undefined,
  done: ({systemAccount}) => systemAccount?.action !== 'make',
  async run({systemAccount}, work) {
    const {name} = systemAccount!;
    await make(name);
    const account = findSystemAccount(name);
    if (!account) throw new UserError(`There is still no account ${name}.`, 'Make one and name it: caldav setup --run-as NAME');
    work.owner = account;
  },
};

/** How the systems make one: the first program that is there is used. */
async function make(name: string): Promise<void> {
  const home = '/nonexistent';
  const ways: readonly (readonly (readonly string[])[])[] = [
    [['useradd', '--system', '--user-group', '--no-create-home', '--home-dir', home, '--shell', '/usr/sbin/nologin', name]],
    [['adduser', '-S', '-D', '-H', '-h', home, '-s', '/sbin/nologin', name]], // busybox
    await onMac(name),
  ];
  for (const commands of ways) {
    try {
      for (const [program, ...args] of commands)
        await execa(program!, args, {env: {PATH: `${process.env.PATH}:/usr/sbin:/sbin`}});
      return;
    } catch (error) {
      const {code, stderr, shortMessage} = error as {code?: string; stderr?: string; shortMessage?: string};
      if (code === 'ENOENT') continue;
      throw new UserError(
        `The account ${name} could not be made: ${stderr || shortMessage}.`,
        'Make one and name it: caldav setup --run-as NAME',
      );
    }
  }
  throw new UserError(
    `The account ${name} could not be made: there is no useradd, adduser or dscl.`,
    'Make one and name it: caldav setup --run-as NAME',
  );
}

async function onMac(name: string): Promise<string[][]> {
  if (process.platform !== 'darwin') return [['dscl', '.']];
  const {stdout} = await execa('dscl', ['.', '-list', '/Users', 'UniqueID']);
  const taken = new Set(stdout.split('\n').map(line => line.trim().split(/\s+/)[1]));
  const id = Array.from({length: 200}, (_, at) => String(250 + at)).find(one => !taken.has(one))!;
  const user = `/Users/${name}`;
  const group = `/Groups/${name}`;
  return [
    ['dscl', '.', '-create', group],
    ['dscl', '.', '-create', group, 'PrimaryGroupID', id],
    ['dscl', '.', '-create', user],
    ['dscl', '.', '-create', user, 'UniqueID', id],
    ['dscl', '.', '-create', user, 'PrimaryGroupID', id],
    ['dscl', '.', '-create', user, 'NFSHomeDirectory', '/var/empty'],
    ['dscl', '.', '-create', user, 'UserShell', '/usr/bin/false'],
    ['dscl', '.', '-create', user, 'IsHidden', '1'],
  ];
}
