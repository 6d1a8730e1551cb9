import {editAccounts, setElements} from '../../accounts/edit.ts';
import type {Principal} from '../../accounts/principal.ts';
import {checkEmails, checkText, several} from '../account-fields.ts';
import type {Command} from '../command.ts';
import {type Accounts, openAccounts, requireAccount} from '../open-accounts.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const userEdit: Command = {
  name: 'user edit <name>',
  summary: "change an account's names and addresses",
  options: [
    {flags: '--full-name <text>', description: 'the name that others see'},
    {flags: '--first-name <text>', description: 'the given name; empty: none'},
    {flags: '--last-name <text>', description: 'the family name; empty: none'},
    {flags: '--email <address>', description: 'its e-mail addresses from now on, one each time; empty: none', parse: several},
    {flags: '--calendars', description: 'let it have calendars'},
    {flags: '--no-calendars', description: 'let it have no calendars; those it has stay on disk'},
    {flags: '--admin', description: 'give it all rights on everything'},
    {flags: '--no-admin', description: 'take those rights away'},
  ],
  examples: [
    ['caldav user edit ann --full-name "Ann Jones"', 'changes the name that others see'],
    ['caldav user edit ann --email ann@example.com --email ann@example.org', 'these two and no other'],
    ['caldav user edit ann --no-admin', 'makes it an ordinary account'],
  ],
  async run([name], options, io) {
    const accounts = await openAccounts(io);
    const principal = requireAccount(accounts, name as string);
    const changes = read(accounts, principal, options);
    if (Object.keys(changes).length === 0 && options.admin === undefined) {
      if (!io.out.interactive) {
        const fix = 'Give --full-name, --first-name, --last-name, --email, --[no-]calendars or --[no-]admin.';
        throw new WrongUsage('There is nothing to change, and no terminal to ask on.', fix);
      }
      Object.assign(changes, read(accounts, principal, await ask(principal)));
    }
    const {file} = accounts;
    const record = {type: principal.type, uid: principal.uids[0]!};
    const edited = await editAccounts(file, text =>
      Object.entries(changes).reduce(
        (before, [element, texts]) =>
          setElements(
            before,
            file,
            record,
            element,
            texts.map(value => (value === '' ? {name: element} : {name: element, text: value})),
          ),
        text,
      ),
    );
    const promoted =
      options.admin !== undefined &&
      (await (await import('../admins.ts')).setAdmin(accounts, principal, options.admin as boolean, io));
    const changed = edited || promoted;
    io.out.result({name: record.uid, changed}, changed ? `${record.uid} is changed.` : `${record.uid} was so already.`);
    return 0;
  },
};

/** What each element should hold from now on; `['']` is an empty element. */
function read(accounts: Accounts, principal: Principal, options: Readonly<Record<string, unknown>>): Record<string, string[]> {
  const changes: Record<string, string[]> = {};
  const texts = {'full-name': options.fullName, 'first-name': options.firstName, 'last-name': options.lastName};
  for (const [option, value] of Object.entries(texts)) {
    if (value === undefined) continue;
    const text = checkText(value as string);
    if (!text && option === 'full-name') throw new WrongUsage('The full name cannot be empty.');
    changes[option === 'full-name' ? 'name' : option] = text ? [text] : [];
  }
  if (options.email !== undefined) changes['email-address'] = checkEmails(accounts, options.email as string[], principal);
  if (options.calendars !== undefined) changes['disable-calendar'] = options.calendars ? [] : [''];
  return changes;
}

async function ask({fullName, emails}: Principal): Promise<Record<string, unknown>> {
  const {default: inquirer} = await import('inquirer');
  const answers = await inquirer.prompt([
    {type: 'input', name: 'fullName', message: 'Full name:', default: fullName},
    {type: 'input', name: 'email', message: 'E-mail addresses:', default: emails.join(', ')},
  ]);
  return {fullName: answers.fullName, email: String(answers.email).split(/[\s,]+/)};
}
