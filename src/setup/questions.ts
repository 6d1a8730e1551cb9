import inquirer from 'inquirer';
import {UserError} from '../base/user-error.ts';
import type {Answers, Passwords, TlsKind} from './answers.ts';
import type {Found} from './found.ts';
import {planSetup} from './plan.ts';
import {checkHost, checkName} from './read-answers.ts';

/** Asks for all that was not given as an option, before anything is done. What the plan would decide is offered as the answer. */
export async function askQuestions(
  given: Answers,
  typed: Passwords,
  found: Found,
): Promise<{answers: Answers; passwords: Passwords}> {
  const {settings, accounts} = planSetup({...given, tls: given.tls ?? 'own'}, found);
  const ask = {
    text: (message: string, standard: string, check?: (text: string) => unknown) =>
      one<string>({type: 'input', message, default: standard, ...(check && {validate: validator(check)})}),
    port: async (message: string, standard: number) =>
      Number(await one<string>({type: 'input', message, default: String(standard), validate: isPort})),
  };
  const host = given.host ?? checkHost(await ask.text('Name or address that clients will use', settings.host, checkHost));
  const tls =
    given.tls ?? (await one<TlsKind>({type: 'select', message: 'Encryption (TLS)', choices: tlsChoices, default: 'own'}));
  const tlsCertificate =
    given.tlsCertificate ?? (tls === 'files' ? await ask.text('File of the certificate (PEM)', '') : undefined);
  const tlsKey = given.tlsKey ?? (tls === 'files' ? await ask.text('File of its private key (PEM)', '') : undefined);
  const sslPort = tls === 'none' ? undefined : (given.sslPort ?? (await ask.port('Port for HTTPS', settings.sslPort)));
  const httpPort = given.httpPort ?? (await ask.port('Port for HTTP without encryption, 0 for none', settings.httpPort));
  const dataRoot = given.dataRoot ?? given.documentRoot ?? (await ask.text('Folder for the data', settings.dataRoot));
  const realm = given.realm ?? (await ask.text('What clients show when they ask for a password', settings.realm));
  const admin =
    given.admin ??
    (found.accounts ? undefined : await ask.text('Name of the administrator', accounts[0]?.name ?? 'admin', checkName));
  const user =
    given.user ??
    (found.accounts ? undefined : await ask.text('Name of the first user', accounts.at(-1)?.name ?? 'user', checkName));
  const passwords: Passwords = {
    admin: typed.admin ?? (admin && admin !== user ? await askPassword(admin) : undefined),
    user: typed.user ?? (user ? await askPassword(user) : undefined),
  };
  const answered = {
    host,
    tls,
    tlsCertificate,
    tlsKey,
    sslPort,
    httpPort,
    realm,
    admin,
    user,
    ...(given.documentRoot ? {} : {dataRoot}),
  };
  const answers = {...given, ...Object.fromEntries(Object.entries(answered).filter(([, value]) => value !== undefined))};
  return {answers, passwords};
}

/** Shows that nothing has been done so far. Throws where the person would rather not. */
export async function confirmPlan(): Promise<void> {
  if (await one<boolean>({type: 'confirm', message: 'Do this now?', default: true})) return;
  throw new UserError('Stopped: nothing was changed.');
}

const tlsChoices = [
  {name: 'with a certificate made here, by an authority for this server alone', value: 'own'},
  {name: 'with certificate files I have', value: 'files'},
  {name: 'none: only for this machine, or behind a proxy', value: 'none'},
];

/** Twice, as nobody sees what is typed; nothing typed: undefined, one is generated. */
async function askPassword(name: string): Promise<string | undefined> {
  for (;;) {
    const first = await one<string>({
      type: 'password',
      message: `Password for ${name} (leave it empty to have one made)`,
      mask: '*',
    });
    if (first === '') return undefined;
    if ((await one<string>({type: 'password', message: `The same password again`, mask: '*'})) === first) return first;
    process.stdout.write('The two were different.\n');
  }
}

async function one<T>(question: Record<string, unknown>): Promise<T> {
  const {answer} = await inquirer.prompt([{...question, name: 'answer'} as never]);
  return answer as T;
}

function validator(check: (text: string) => unknown): (text: string) => true | string {
  return text => {
    try {
      check(text);
      return true;
    } catch (error) {
      if (error instanceof UserError) return `${error.message} ${error.fix}`;
      throw error;
    }
  };
}

function isPort(text: string): true | string {
  return (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) || 'A number from 0 to 65535.';
}
