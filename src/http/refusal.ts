/** A request that is answered before any method sees it. `message` is the body, plain text for a person. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string | string[]>> = {}) {
    super(message);
    this.name = 'HttpRefusal';
    this.status = status;
    this.headers = headers;
  }
}
