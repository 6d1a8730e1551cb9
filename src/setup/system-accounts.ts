import {UserError} from '../base/user-error.ts';
import {type Account, planAccount} from '../server/privileges.ts';

/** An account of the system by name, as the server will look it up; undefined where there is none that it could become. */
export function findSystemAccount(userName: string): Account | undefined {
  try {
    return planAccount({userName, groupName: ''}, {uid: 0, name: 'root'}, () => undefined);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
