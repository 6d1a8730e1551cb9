/** The text is not iCalendar, or goes beyond a limit: `message` is a sentence, `line` the physical line it is about, counted from 1. */
export class IcalError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'IcalError';
    this.line = line;
  }
}
