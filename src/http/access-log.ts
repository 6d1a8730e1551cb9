/** What the access log tells of one request. */
export interface AccessEntry {
  readonly address: string;
  readonly user: string | undefined;
  /** Milliseconds since 1970, when the request began. */
  readonly time: number;
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly httpVersion: string;
  readonly status: number;
  /** Of the answer's body. */
  readonly bytes: number;
  readonly referer: string | undefined;
  readonly agent: string | undefined;
  readonly elapsedMs: number;
  /** Requests under way in this process when this one ended, itself included. */
  readonly underWay: number;
  /** The port it came in by. */
  readonly port: number;
}

/**
 * One line in Apache's combined format; `more` adds the worker's process id (i), the port (p), requests under way (or) and the
 * milliseconds it took (t). What a client wrote cannot begin a line of its own, and no secret in a query is written.
 */
export function accessLine(entry: AccessEntry, more: boolean): string {
  const {address, user, time, method, target, httpVersion, status, bytes, referer, agent} = entry;
  const request = `"${safe(method)} ${safe(withoutSecrets(target))} HTTP/${safe(httpVersion)}"`;
  const line =
    `${safe(address)} - ${user === undefined || user === '' ? '-' : safe(user).replaceAll(' ', '\\x20')} [${stamp(time)}] ${request} ` +
    `${status} ${bytes === 0 ? '-' : bytes} "${safe(withoutSecrets(referer ?? '-'))}" "${safe(agent ?? '-')}"`;
  if (!more) return `${line}\n`;
  return `${line} i=${process.pid} p=${entry.port} or=${entry.underWay} t=${entry.elapsedMs.toFixed(1)}\n`;
}

/** The name that an Authorization header gives, be it right or wrong; nothing else of it. */
export function claimedUser(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const basic = /^basic +([A-Za-z0-9+/=_-]+)/i.exec(authorization);
  if (basic) {
    const text = Buffer.from(basic[1]!, 'base64').toString();
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : text.slice(0, colon);
  }
  return /^digest .*\busername="([^"]*)"/i.exec(authorization)?.[1];
}

/** Control characters, quotes and backslashes as Apache escapes them, so that a line is a line and a field a field. */
function safe(text: string): string {
  // Most text needs nothing: the test is cheaper than the replacement.
  if (!/[\x00-\x1f"\\\x7f-\x9f\u2028\u2029]/.test(text)) return text;
  return text.replace(/[\x00-\x1f"\\\x7f-\x9f\u2028\u2029]/g, sign => {
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    const code = sign.charCodeAt(0);
    return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/**
 * Without the user part of an absolute URL, the values of parameters that are named like secrets, and what somebody answers an invitation
 * by who needs no password for that (web/reply.ts).
 */
export function withoutSecrets(target: string): string {
  if (!/[?@]|\/reply\//i.test(target)) return target;
  return target
    .replace(/^(\w+:\/\/)[^/?#]*@/, '$1')
    .replace(/^((?:\w+:\/\/[^/]*)?\/reply\/)[^/?#]+/i, '$1…')
    .replace(/([?&;][^=&;]*(?:token|password|passwd|secret|key|auth)[^=&;]*=)[^&;#]*/gi, '$1…');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number) => String(value).padStart(2, '0');
let last = {second: 0, text: ''};

/** `22/Nov/2026:08:44:35 +0000`, in local time; the same for a whole second, so it is remembered for one. */
function stamp(time: number): string {
  const second = Math.floor(time / 1000);
  if (second === last.second) return last.text;
  const date = new Date(time);
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${two(date.getDate())}/${months[date.getMonth()]}/${date.getFullYear()}`;
  const text = `${day}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
  last = {second, text};
  return text;
}
