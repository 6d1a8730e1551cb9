import {randomUUID} from 'node:crypto';
import {generatePassword, hashPassword} from '../../accounts/password.ts';
import {fill, readTemplate} from '../../base/template.ts';
import {put} from '../put.ts';
import type {Step} from '../step.ts';
import {writeUnfinished} from '../unfinished.ts';

/** Writes accounts.xml with the administrator and the first user, their passwords hashed. */
export const accounts: Step = {
  name: 'accounts',
  title: ({accounts}) => `make the accounts ${accounts.map(({name}) => name).join(' and ')}`,
  done: ({accountsFile}) => accountsFile.action === 'keep',
  async run({folder, accounts, accountsFile, settings, answers}, work) {
    const {passwords, typed} = work;
    const account = await readTemplate('account.xml');
    const records: string[] = [];
    for (const {name, fullName, admin, guid = randomUUID().toUpperCase()} of accounts) {
      const own = admin && accounts.length > 1 ? typed.admin : (typed.user ?? (admin ? typed.admin : undefined));
      const password = own ?? generatePassword();
      if (own === undefined) passwords.set(name, password);
      records.push(fill(account, {uid: text(name), guid, hash: await hashPassword(password), name: text(fullName)}).trimEnd());
    }
    await writeUnfinished(folder, {answers, madeAccounts: true});
    await put(
      accountsFile,
      fill(await readTemplate('accounts.xml'), {realm: attribute(settings.realm), accounts: records.join('\n')}),
      work,
    );
  },
};

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return `"${text(value).replaceAll('"', '&quot;')}"`;
}
