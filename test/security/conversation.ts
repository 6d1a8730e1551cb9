import {connect} from 'node:net';

/** One answer as it came over the wire; `body` undefined: it did not come to its end. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer | undefined;
}

/** So many pauses are given a server that says nothing; then it waits for more. */
const patience = 5;

/** Sends bytes as they are and answers what came back until the server closed the connection, or waits for more than was sent. */
export async function converse(port: number, bytes: Uint8Array, pause: () => Promise<void>): Promise<Buffer> {
  const parts: Buffer[] = [];
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  const closed = new Promise<void>(resolve => socket.on('close', resolve));
  let isOver = false;
  void closed.then(() => {
    isOver = true;
  });
  socket.on('data', part => parts.push(part));
  socket.on('error', () => {});
  await Promise.race([closed, pause()]);
  for (let round = 1; round < patience && !isOver; round++) await pause();
  socket.destroy();
  await closed;
  return Buffer.concat(parts);
}

/** The answers in what a connection gave, in their order. Throws where it is no HTTP. */
export function answersIn(received: Buffer): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = received;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`no head of an answer: ${JSON.stringify(rest.toString('latin1').slice(0, 200))}`);
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) [ -~]*$/.exec(first)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(first)}`);
    const headers = new Map(
      lines.map(line => {
        const field = /^([\w-]+): ([^\0\r\n]*)$/.exec(line);
        if (!field) throw new Error(`no header: ${JSON.stringify(line)}`);
        return [field[1]!.toLowerCase(), field[2]!];
      }),
    );
    const content = rest.subarray(end + 4);
    if (status < 200 || status === 204 || status === 304) {
      answers.push({status, headers, body: Buffer.alloc(0)});
      rest = content;
    } else if (headers.has('transfer-encoding')) {
      const body = dechunk(content);
      answers.push({status, headers, body: body?.whole});
      rest = body ? body.rest : Buffer.alloc(0);
    } else {
      const size = Number(headers.get('content-length'));
      const whole = content.length >= size;
      answers.push({status, headers, body: whole ? content.subarray(0, size) : undefined});
      rest = whole ? content.subarray(size) : Buffer.alloc(0);
    }
  }
  return answers;
}

function dechunk(content: Buffer): {whole: Buffer; rest: Buffer} | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = content.indexOf('\r\n', at);
    const size = Number.parseInt(content.toString('latin1', at, Math.max(at, line)), 16);
    if (line < 0 || Number.isNaN(size) || content.length < line + 2 + size + 2) return undefined;
    parts.push(content.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
    if (size === 0) return {whole: Buffer.concat(parts), rest: content.subarray(at)};
  }
}
