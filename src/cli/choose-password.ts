import {text} from 'node:stream/consumers';
import {generatePassword} from '../accounts/password.ts';
import {weakness} from '../accounts/weak.ts';
import {UserError} from '../base/user-error.ts';
import type {CommandIo, Option} from './command.ts';
import {WrongUsage} from './wrong-usage.ts';

/** How a command is told a password: never as an argument, which every user of the machine could see. */
export const passwordOptions: readonly Option[] = [
  {flags: '--password-stdin', description: 'read the password from the first line of standard input'},
  {flags: '--generate-password', description: 'make a password and show it once'},
  {flags: '--allow-weak-password', description: 'take the password even if it is easy to guess'},
  {flags: '--digest', description: 'also store what HTTP Digest needs, for clients that cannot do Basic over TLS'},
];

export interface ChosenPassword {
  readonly password: string;
  readonly generated: boolean;
}

/**
 * The password by whichever option was given, or asked for twice. `known`: names and addresses that must not be the password.
 * Throws WrongUsage where it cannot be asked for, UserError where it is weak.
 */
export async function choosePassword(
  {passwordStdin, generatePassword: generate, allowWeakPassword}: Readonly<Record<string, unknown>>,
  {out}: CommandIo,
  known: readonly string[],
): Promise<ChosenPassword> {
  if (passwordStdin && generate) throw new WrongUsage('Give --password-stdin or --generate-password, not both.');
  if (generate) return {password: generatePassword(), generated: true};
  const judge = (password: string) => (allowWeakPassword && password !== '' ? undefined : weakness(password, known));
  if (passwordStdin) {
    const password = (await text(process.stdin)).split(/\r?\n/)[0]!;
    const weak = judge(password);
    if (!weak) return {password, generated: false};
    throw new UserError(`The password ${weak}.`, 'Give a better one, or --generate-password, or --allow-weak-password.');
  }
  if (!out.interactive) {
    throw new WrongUsage(
      'There is no terminal to ask for a password on.',
      'Add --generate-password, or --password-stdin and give it on standard input.',
    );
  }
  const password = await ask(judge);
  return password === '' ? {password: generatePassword(), generated: true} : {password, generated: false};
}

async function ask(judge: (password: string) => string | undefined): Promise<string> {
  const {default: inquirer} = await import('inquirer');
  const question = (message: string, validate: (typed: string) => true | string) =>
    inquirer.prompt([{type: 'password', name: 'typed', message, mask: '*', validate}]) as Promise<{typed: string}>;
  const {typed} = await question('Password (nothing: make one):', password => {
    const weak = password === '' ? undefined : judge(password);
    return weak ? `It ${weak}.` : true;
  });
  if (typed) await question('The same again:', again => again === typed || 'That is another one.');
  return typed;
}
