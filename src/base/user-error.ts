/**
 * What the person at the terminal did not expect and can mend: printed as one sentence and one fix, never with a stack.
 * Every other error that reaches the terminal is our own fault.
 */
export class UserError extends Error {
  readonly fix: string;

  /**
   * @param message what happened, and where
   * @param fix what to type or change next; empty where nothing helps
   */
  constructor(message: string, fix = '') {
    super(message);
    this.name = 'UserError';
    this.fix = fix;
  }
}
