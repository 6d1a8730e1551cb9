import {argon2, createHash, randomBytes, randomInt, timingSafeEqual} from 'node:crypto';
import {promisify} from 'node:util';
import {Semaphore} from '../base/semaphore.ts';

const derive = promisify(argon2);

/** The second of OWASP's equal choices for argon2id: memory in KiB, passes, lanes. */
const cost = {memory: 19_456, passes: 2, parallelism: 1};

/** A hash holds one of libuv's four threads and 19 MiB: files are read by the same threads, so it may have half of them. */
const running = new Semaphore(2);

/** Beyond these a stored hash is refused: it would stop the server, not protect it. */
const most = {memory: 1_048_576, passes: 64, parallelism: 16};

/** RFC 9106: argon2id of a password, in the PHC string format `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await compute(password, salt, 32, cost);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** Whether a password is the one that was hashed; false for a hash that cannot be read. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const phc = parsePhc(hash);
  if (!phc) return false;
  return timingSafeEqual(await compute(password, phc.salt, phc.hash.length, phc), phc.hash);
}

/** Costs what `verifyPassword` does and is never right: for names that nobody has. */
export async function verifyNothing(password: string): Promise<false> {
  await compute(password, nothing, 32, cost);
  return false;
}

const nothing = randomBytes(16);

/** Whether a stored hash is one that `verifyPassword` can check. */
export function isPasswordHash(hash: string): boolean {
  return parsePhc(hash) !== undefined;
}

/** Compares two secrets in a time that tells nothing of either. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text.normalize('NFC')).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Without letters that are taken for one another, and easy to type on a phone. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Four groups of four, 79 bits: `k7wq-m2xe-9hrt-b4zu`. */
export function generatePassword(): string {
  const group = () => Array.from({length: 4}, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

/** RFC 7616 §3.4.2: what Digest needs stored, in lower-case hex. */
export function computeHa1(algorithm: 'MD5' | 'SHA-256', uid: string, realm: string, password: string): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(`${uid}:${realm}:${password}`.normalize('NFC'))
    .digest('hex');
}

type Cost = typeof cost;

/** RFC 8265 §4.2.2: a password is compared in Unicode's normal form C, as keyboards differ in what they send. */
function compute(password: string, nonce: Buffer, tagLength: number, {memory, passes, parallelism}: Cost): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'));
  return running.run(() => derive('argon2id', {message, nonce, parallelism, tagLength, memory, passes}));
}

function parsePhc(text: string): (Cost & {salt: Buffer; hash: Buffer}) | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text.trim());
  if (!match) return undefined;
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const [salt, hash] = match.slice(4).map(part => Buffer.from(part, 'base64')) as [Buffer, Buffer];
  if (memory < 8 * parallelism || memory > most.memory || passes < 1 || passes > most.passes) return undefined;
  if (parallelism < 1 || parallelism > most.parallelism || salt.length < 8 || hash.length < 16 || hash.length > 128)
    return undefined;
  return {memory, passes, parallelism, salt, hash};
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
