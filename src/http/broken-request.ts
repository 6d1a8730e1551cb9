import type {Socket} from 'node:net';

/** Statuses and sentences by Node's code for what its parser did not take. */
const reasons: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'The chunk extensions are too large.'],
  HPE_INVALID_METHOD: ['501 Not Implemented', 'This method is not known here.'],
  HPE_INVALID_VERSION: ['505 HTTP Version Not Supported', 'This version of HTTP is not spoken here.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
};

/**
 * Says why a connection is closed on what is no request. Nothing is said where an answer is already on its way (two would be mixed)
 * or where nobody listens any more. Answers the status for the log, undefined where none was sent.
 */
export function refuseBroken(error: NodeJS.ErrnoException & {rawPacket?: Uint8Array}, socket: Socket): number | undefined {
  if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
    socket.destroy();
    return undefined;
  }
  // What looks like no request line at all, such as a TLS greeting on the clear port, is not a method that is missing.
  const garbage =
    error.rawPacket && !/^[\w!#$%&'*+.^`|~-]+ /.test(Buffer.from(error.rawPacket.subarray(0, 100)).toString('latin1'));
  const [status, sentence] = (!garbage && reasons[error.code ?? '']) || [
    '400 Bad Request',
    'This is not HTTP as RFC 9112 has it.',
  ];
  const head = `HTTP/1.1 ${status}\r\nServer: caldav\r\nDate: ${new Date().toUTCString()}\r\nConnection: close`;
  socket.end(`${head}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${sentence.length + 1}\r\n\r\n${sentence}\n`);
  // A client that neither reads nor closes is not waited for.
  setTimeout(() => socket.destroy(), 1000).unref();
  return Number(status.slice(0, 3));
}

/** Whether an answer is being made, or is on its way, on a connection. */
export function isAnswering(socket: Socket): boolean {
  return Boolean((socket as Socket & {_httpMessage?: unknown})._httpMessage);
}
