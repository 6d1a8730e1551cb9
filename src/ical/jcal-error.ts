/** The text is no jCal, or goes beyond a limit: `message` is a sentence without its full stop, and says where. */
export class JcalError extends Error {
  override readonly name = 'JcalError';
}
