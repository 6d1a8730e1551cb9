import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {type Account, currentIdentity, planAccount} from '../server/privileges.ts';

/** Whom the server will become when started by this account. Undefined: it stays what it is, or cannot serve; a check says why. */
export function findAccount(config: Config | undefined): Account | undefined {
  if (config === undefined) return undefined;
  try {
    return planAccount(config, currentIdentity(), () => undefined);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
