/**
 * Reads answers off a connection (RFC 9112) and counts them; bodies are skipped, as what is measured is the server. `done` is called
 * with the status, the body's bytes and the head. Throws for what it cannot follow: then the connection is of no more use.
 */
export function createReader(done: (status: number, bodyBytes: number, head: string) => void): (chunk: Buffer) => void {
  let head = Buffer.alloc(0);
  let state: 'head' | 'body' | 'size' | 'chunk' | 'trailer' = 'head';
  let left = 0;
  let status = 0;
  let bytes = 0;
  let said = '';

  const end = () => {
    state = 'head';
    done(status, bytes, said);
  };

  /** A part that ends with `mark`; undefined: it has not come whole. */
  const take = (chunk: Buffer, from: number, mark: string): {text: string; next: number} | undefined => {
    const all = head.length === 0 ? chunk.subarray(from) : Buffer.concat([head, chunk.subarray(from)]);
    const at = all.indexOf(mark, 0, 'latin1');
    if (at < 0) {
      head = Buffer.from(all);
      if (head.length > 65_536) throw new Error('an answer has no end of its head');
      return undefined;
    }
    const next = from + at + mark.length - head.length;
    head = Buffer.alloc(0);
    return {text: all.toString('latin1', 0, at), next};
  };

  return chunk => {
    let at = 0;
    while (at < chunk.length) {
      if (state === 'head') {
        const found = take(chunk, at, '\r\n\r\n');
        if (!found) return;
        at = found.next;
        status = Number(/^HTTP\/1\.1 (\d{3})/.exec(found.text)?.[1]);
        if (!status) throw new Error(`no answer of HTTP/1.1: ${found.text.slice(0, 60)}`);
        bytes = 0;
        said = found.text;
        const length = /^content-length:\s*(\d+)/im.exec(found.text)?.[1];
        if (/^transfer-encoding:\s*chunked/im.test(found.text)) state = 'size';
        else if (status === 204 || status === 304 || Number(length) === 0) end();
        else if (length === undefined) throw new Error('an answer has neither a length nor chunks');
        else {
          left = Number(length);
          state = 'body';
        }
      } else if (state === 'size') {
        const found = take(chunk, at, '\r\n');
        if (!found) return;
        at = found.next;
        const size = Number.parseInt(found.text, 16);
        if (Number.isNaN(size)) throw new Error('a chunk has no size');
        // The line's end behind the data counts with them, but is no body.
        left = size + 2;
        bytes -= size === 0 ? 0 : 2;
        state = size === 0 ? 'trailer' : 'chunk';
      } else if (state === 'trailer') {
        const found = take(chunk, at, '\r\n');
        if (!found) return;
        at = found.next;
        if (found.text === '') end();
      } else {
        const part = Math.min(left, chunk.length - at);
        left -= part;
        bytes += part;
        at += part;
        if (left === 0) {
          if (state === 'chunk') state = 'size';
          else end();
        }
      }
    }
  };
}
