import {resolve} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import type {Answers} from './answers.ts';
import type {Found} from './found.ts';

/** The options that a plist answers too: the key of the plist, and what it says, in the option's terms. */
const rows: readonly {
  readonly answer: Exclude<keyof Answers, 'force' | 'realm' | 'admin' | 'user' | 'tls'>;
  readonly key: string;
  readonly path?: boolean;
  said(config: Config): unknown;
}[] = [
  {answer: 'host', key: 'ServerHostName', said: config => config.serverHostName},
  {answer: 'httpPort', key: 'HTTPPort', said: config => config.httpPort},
  {answer: 'sslPort', key: 'SSLPort', said: config => config.sslPort},
  {answer: 'bind', key: 'BindAddresses', said: config => config.bindAddresses},
  {answer: 'documentRoot', key: 'DocumentRoot', path: true, said: config => config.documentRoot},
  {answer: 'dataRoot', key: 'DataRoot', path: true, said: config => config.dataRoot},
  {answer: 'logDir', key: 'ErrorLogFile', path: true, said: config => resolve(config.logs.errorLogFile, '..')},
  {answer: 'runDir', key: 'PIDFile', path: true, said: config => resolve(config.pidFile, '..')},
  {answer: 'runAs', key: 'UserName', said: config => config.userName},
  {answer: 'tlsCertificate', key: 'SSLCertificate', path: true, said: config => config.tls.certificate},
  {answer: 'tlsKey', key: 'SSLPrivateKey', path: true, said: config => config.tls.privateKey},
];

/** Throws UserError where an answer is another than the one the server was set up with: set-up does not change what is there. */
export function checkConflicts(answers: Answers, config: Config, {folder}: Found): void {
  for (const {answer, key, path, said} of rows) {
    const given = answers[answer];
    if (given === undefined) continue;
    const wanted = path ? resolve(folder, given as string) : given;
    if (!isDeepStrictEqual(wanted, said(config))) throw conflict(config, key, show(said(config)), show(given));
  }
  const kind = config.tls.certificate ? 'own' : 'none';
  if (answers.tls && (answers.tls === 'none') !== (kind === 'none')) {
    throw conflict(config, 'SSLCertificate', show(config.tls.certificate), answers.tls === 'none' ? 'none' : 'a certificate');
  }
}

function conflict(config: Config, key: string, said: string, given: string): UserError {
  return new UserError(
    `A server is set up here already, with ${key} ${said} and not ${given} (${config.file}).`,
    `Change it with caldav config set ${key} VALUE, or write everything anew with caldav setup --force.`,
  );
}

function show(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') || 'empty' : String(value) || 'empty';
}
