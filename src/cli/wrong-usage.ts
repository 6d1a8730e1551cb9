import {UserError} from '../base/user-error.ts';

/** The arguments were not as they should be: `main` ends with exit code 64. */
export class WrongUsage extends UserError {}
