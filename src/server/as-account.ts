import {fork} from 'node:child_process';
import {type Account, becomeAccount} from './privileges.ts';

/** What a process is sent that `takeOrder`s, and what it sends back. */
interface Order<Argument> {
  readonly account: Account;
  readonly argument: Argument;
}
type Answer = {readonly value: unknown} | {readonly error: string};

/**
 * Does work as another account, in a process of its own that runs `program`: that loads all it needs and then becomes the account, so
 * it works where the program itself lies in a folder that the account cannot read. Throws what the work threw, as an Error.
 */
export async function askAsAccount(program: URL, account: Account, argument: unknown): Promise<unknown> {
  const child = fork(program, {
    execArgv: [],
    cwd: '/',
    env: {PATH: process.env.PATH ?? ''},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', chunk => {
    complaint += chunk;
  });
  const answer = await new Promise<Answer>((resolve, reject) => {
    child.once('message', message => resolve(message as Answer));
    child.once('error', reject);
    child.once('close', code => reject(new Error(`the process for ${account.name} ended with ${code}: ${complaint.trim()}`)));
    child.send({account, argument} satisfies Order<unknown>);
  });
  if (child.connected) child.disconnect();
  if ('error' in answer) throw new Error(answer.error);
  return answer.value;
}

/** The other end of `askAsAccount`: loads with `prepare` what the work needs, becomes the account for good, does the work and ends. */
export function takeOrder<Argument>(prepare: (argument: Argument) => Promise<() => Promise<unknown>>): void {
  process.once('message', async message => {
    const {account, argument} = message as Order<Argument>;
    let answer: Answer;
    try {
      const work = await prepare(argument);
      becomeAccount(account);
      answer = {value: await work()};
    } catch (error) {
      answer = {error: error instanceof Error ? error.message : String(error)};
    }
    process.send?.(answer);
  });
  process.once('disconnect', () => process.exit());
}
