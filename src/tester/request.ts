import {randomUUID} from 'node:crypto';
import type {Answer} from './client.ts';
import {fillBytes, findDataFile, readDataFile} from './data-file.ts';
import {exchange} from './exchange.ts';
import type {Data, ScriptRequest} from './script.ts';
import type {Credentials, Session} from './session.ts';

/** Sends a plain request of a script; `iteration` counts from 1 how often its test was run. */
export async function sendRequest(session: Session, request: ScriptRequest, uri: string, iteration: number): Promise<Answer> {
  const {fill} = session.variables;
  const headers: Record<string, string | string[]> = {};
  for (const [name, written] of request.headers) {
    const value = headerValue(name, fill(written));
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  if (request.data?.contentType) headers['Content-Type'] = fill(request.data.contentType);
  return exchange(session, {
    method: request.method,
    uri,
    credentials: credentialsOf(session, request),
    headers,
    body: request.data && bodyOf(session, request, request.data, iteration),
  });
}

/** Where a request goes: `**` is a new UUID, `##` the iteration, `$` what a compound method found last. */
export function uriOf(session: Session, written: string, iteration: number): string {
  if (written === '$') return session.found ?? '';
  return session.variables.fill(written).replaceAll('**', randomUUID()).replaceAll('##', String(iteration));
}

/** Whose request it is: the first user's where the script names nobody. */
export function credentialsOf({variables}: Session, {auth, user, password}: ScriptRequest): Credentials {
  if (!auth) return undefined;
  return {user: variables.fill(user ?? '$userid1:'), password: variables.fill(password ?? '$pswd1:')};
}

/** A Destination is a URI, which scripts write in plain letters; other headers go out byte for byte as UTF-8. */
function headerValue(name: string, value: string): string {
  if (name.toLowerCase() === 'destination') return value.replace(/[^!-~]+/g, part => encodeURIComponent(part));
  return Buffer.from(value, 'utf8').toString('latin1');
}

function bodyOf(session: Session, request: ScriptRequest, data: Data, iteration: number): Uint8Array {
  const file = findDataFile(session.file, session.variables.fill(data.filepath));
  const use = request.iterateData ? (session.uses.get(request) ?? 0) : 0;
  session.uses.set(request, use + 1);
  const bytes = readDataFile(file, use) ?? readDataFile(file, 0) ?? new Uint8Array();
  const substitute = (text: string) => data.substitute.reduce((filled, [name, value]) => filled.replaceAll(name, value), text);
  const filled = data.substitutions ? fillBytes(bytes, text => session.variables.fill(substitute(text))) : Buffer.from(bytes);
  return data.generate ? Buffer.from(generate(filled.toString('utf8'), iteration)) : filled;
}

/** `generate`: another event of the same kind, today. */
function generate(text: string, iteration: number): string {
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return text
    .replace(/^UID:.*$/gm, `UID:${randomUUID()}`)
    .replace(/^SUMMARY:(.*?)(\r?)$/gm, `SUMMARY:$1 #${iteration}$2`)
    .replace(/^((?:DTSTART|DTEND);[^:\n]*:)\d{8}/gm, `$1${today}`);
}
