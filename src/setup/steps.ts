import type {Step} from './step.ts';
import {accounts} from './steps/accounts.ts';
import {authority, certificate} from './steps/certificates.ts';
import {configuration} from './steps/configuration.ts';
import {folders} from './steps/folders.ts';
import {homes} from './steps/homes.ts';
import {references} from './steps/references.ts';
import {systemAccount} from './steps/system-account.ts';

/** The table of steps, in their order. The plist comes last: where it is, a server is set up. */
export const steps: readonly Step[] = [
  systemAccount,
  folders,
  authority,
  certificate,
  references,
  accounts,
  homes,
  configuration,
];
