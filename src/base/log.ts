/** What every room may say to the error log; the server fills it with pino. Never give it a secret. */
export interface Log {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** A log that says nothing, for tests and for commands that report by other means. */
export const silent: Log = {debug() {}, info() {}, warn() {}, error() {}};
