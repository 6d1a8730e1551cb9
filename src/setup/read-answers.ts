import {isIP} from 'node:net';
import {text} from 'node:stream/consumers';
import {domainToASCII} from 'node:url';
import {loginNameProblem} from '../accounts/names.ts';
import {UserError} from '../base/user-error.ts';
import type {Answers, Passwords, TlsKind} from './answers.ts';

/** The command line's options as answers. Throws UserError for a value that cannot be meant. */
export function readAnswers(options: Readonly<Record<string, unknown>>): Answers {
  const text = (name: string) => (typeof options[name] === 'string' ? {[name]: options[name] as string} : {});
  const port = (name: string) => (options[name] === undefined ? {} : {[name]: checkPort(name, options[name])});
  const tls: TlsKind | undefined = options.tls === false ? 'none' : options.tlsCertificate ? 'files' : undefined;
  const answers: Answers = {
    ...(typeof options.host === 'string' ? {host: checkHost(options.host)} : {}),
    ...port('httpPort'),
    ...port('sslPort'),
    ...(options.bind === undefined ? {} : {bind: (options.bind as string[]).map(checkAddress)}),
    ...text('documentRoot'),
    ...text('dataRoot'),
    ...text('logDir'),
    ...text('runDir'),
    ...text('realm'),
    ...text('admin'),
    ...text('user'),
    ...text('runAs'),
    ...text('tlsCertificate'),
    ...text('tlsKey'),
    ...(tls && {tls}),
    ...(options.force ? {force: true} : {}),
  };
  for (const name of ['admin', 'user'] as const) if (answers[name] !== undefined) checkName(answers[name]);
  if (answers.runAs === 'root')
    throw new UserError(
      'caldav does not serve as root.',
      'Name another account with --run-as; caldav is made if it is not there.',
    );
  if (tls === 'none' && answers.tlsCertificate)
    throw new UserError('--no-tls and --tls-certificate contradict each other.', 'Leave one out.');
  if (answers.tlsKey && !answers.tlsCertificate)
    throw new UserError('--tls-key has no certificate.', 'Name it with --tls-certificate.');
  return answers;
}

/** The first user's password, and the administrator's, a line each; what is missing is generated. */
export async function readPasswords(input: NodeJS.ReadableStream): Promise<Passwords> {
  const [user, admin] = (await text(input)).split(/\r?\n/);
  return {user: user || undefined, admin: admin || undefined};
}

/** What a name for an account can be: it stands in URLs, and people type it on phones. Throws UserError. */
export function checkName(name: string): string {
  const problem = loginNameProblem(name) ?? (/\s/.test(name) ? 'has a space in it' : undefined);
  if (problem === undefined) return name;
  throw new UserError(`The name “${name}” ${problem}.`, 'Use letters, digits and . _ - @ without spaces.');
}

/** A host name as a certificate holds it: a DNS name, an international one in its ASCII form (RFC 5890), or an IP address. Throws UserError. */
export function checkHost(host: string): string {
  const ascii = isIP(host) ? host : domainToASCII(host);
  if (isIP(host) || /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(ascii)) return ascii;
  throw new UserError(
    `“${host}” is no host name.`,
    'Give a name such as calendar.example.com, without https:// and without a port.',
  );
}

function checkPort(option: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw new UserError(
    `“${value}” is no port.`,
    `--${option === 'sslPort' ? 'ssl' : 'http'}-port takes a number from 0 to 65535.`,
  );
}

function checkAddress(address: string): string {
  if (address === 'localhost') return '127.0.0.1';
  if (isIP(address)) return address;
  throw new UserError(`“${address}” is no IP address.`, '--bind takes addresses such as 127.0.0.1 or ::1.');
}
