import type {Directory, Principal} from '../accounts/principal.ts';
import type {Proxies} from '../accounts/proxies.ts';
import type {TimeRange} from '../base/time-range.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import type {HomeId, HomeView, Path, Revision, Store, StoredObject} from '../store/store.ts';
import type {DavServer} from './context.ts';

/** Answers one request, asking the server that it is given and nothing else. */
type Answer = (server: DavServer) => Promise<HttpResponse>;

/** All that an answer followed from, beside the request itself: while it is what it was, so is the answer. */
interface Grounds {
  readonly directory: Directory;
  /** Undefined: nobody asked who acts for whom. */
  proxies: Proxies | undefined;
  /** The homes that were looked at, and when they had changed last. */
  readonly homes: Map<HomeId, Revision>;
  /** The objects whose bytes were read: a file may be changed by hand without its folder showing it. */
  readonly reads: {readonly view: HomeView; readonly path: Path; readonly etag: string | undefined}[];
  /** Whether it also followed from what passes: a lock's time, a home that was only being made. */
  passes: boolean;
}

interface Entry {
  readonly response: HttpResponse & {readonly body: Uint8Array};
  readonly grounds: Grounds;
  readonly sizeBytes: number;
  readonly until: number;
  /** When the files of `reads` were looked at last. */
  lookedAt: number;
}

/** Beside its body and what it rests on. */
const entryBytes = 1_000;
const readBytes = 100;
/** A multiget of some hundred objects. */
const mostKeyBytes = 64 * 1024;
/** An answer may say when it was made (DTSTAMP in busy time). */
const lifetimeMs = 60_000;
/** As often as folders are looked at for changes by hand. */
const lookEveryMs = 1_000;

/** Headers that no answer follows from: who asks is known by then, and the others are the connection's. */
const withoutEffect = new Set([
  'authorization',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'traceparent',
  'x-request-id',
]);

/**
 * Whole answers to what is asked again and again, found by the request and by who asks, and given only while all that they followed from
 * is proven to be as it was: of a home one look at its revision. Never more than `mostBytes`; the least recently asked for go first.
 */
export class RememberedAnswers {
  readonly #server: DavServer;
  readonly #mostBytes: number;
  readonly #entries = new Map<string, Entry>();
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #looks = new Map<HomeId, Promise<Revision | undefined>>();
  #bytes = 0;

  constructor(server: DavServer, mostBytes: number) {
    this.#server = server;
    this.#mostBytes = mostBytes;
  }

  /** The remembered answer, or a new one. Who asks while the same is being answered waits for that, and is answered by it if it holds. */
  async answer(http: HttpRequest, principal: Principal, answer: Answer): Promise<HttpResponse> {
    const key = keyOf(http, principal);
    if (key === undefined) return answer(this.#server);
    const known = this.#entries.get(key);
    if (known && (await this.#holds(known))) return this.#used(key, known);
    const same = this.#underWay.get(key);
    if (same) {
      await same.catch(() => {});
      const made = this.#entries.get(key);
      if (made && made !== known && (await this.#holds(made))) return this.#used(key, made);
    }
    const making = this.#make(key, answer);
    this.#underWay.set(key, making);
    try {
      return await making;
    } finally {
      if (this.#underWay.get(key) === making) this.#underWay.delete(key);
    }
  }

  async #make(key: string, answer: Answer): Promise<HttpResponse> {
    this.#forget(key);
    const {server, grounds} = watched(this.#server);
    const response = await answer(server);
    const {status, body} = response;
    if (grounds.passes || (status !== 207 && status !== 200)) return response;
    if (typeof body === 'object' && !(body instanceof Uint8Array)) {
      return {...response, body: this.#gathering(body, bytes => this.#keep(key, {...response, body: bytes}, grounds))};
    }
    return this.#keep(key, {...response, body: typeof body === 'object' ? body : Buffer.from(body ?? '')}, grounds);
  }

  /** The parts as they come; `done` is told of them all where they are not too many. */
  async *#gathering(parts: AsyncIterable<string | Uint8Array>, done: (bytes: Uint8Array) => void): AsyncIterable<Uint8Array> {
    const gathered: Uint8Array[] = [];
    let size = 0;
    for await (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      size += bytes.byteLength;
      if (this.#mayKeep(size)) gathered.push(bytes);
      else gathered.length = 0;
      yield bytes;
    }
    if (this.#mayKeep(size)) done(Buffer.concat(gathered, size));
  }

  #mayKeep(size: number): boolean {
    return size <= this.#mostBytes / 4;
  }

  #keep(key: string, response: Entry['response'], grounds: Grounds): HttpResponse {
    const now = performance.now();
    const sizeBytes = entryBytes + key.length + response.body.byteLength + grounds.reads.length * readBytes;
    if (!this.#mayKeep(sizeBytes)) return response;
    this.#forget(key);
    this.#entries.set(key, {response, grounds, sizeBytes, until: now + lifetimeMs, lookedAt: now});
    this.#bytes += sizeBytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#forget(oldest);
    }
    return response;
  }

  #used(key: string, entry: Entry): HttpResponse {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.response;
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.sizeBytes ?? 0;
    this.#entries.delete(key);
  }

  async #holds(entry: Entry): Promise<boolean> {
    const {grounds} = entry;
    const now = performance.now();
    const {directory} = this.#server;
    if (now > entry.until || directory !== grounds.directory) return false;
    if (grounds.proxies && this.#server.proxies(directory) !== grounds.proxies) return false;
    if (grounds.reads.length > 0 && now - entry.lookedAt > lookEveryMs) {
      entry.lookedAt = now;
      // A file that is another by now is taken in by this, and the home's revision tells.
      for (const {view, path, etag} of grounds.reads) await view.read(path, etag);
    }
    for (const [home, revision] of grounds.homes) if ((await this.#revisionOf(home)) !== revision) return false;
    return true;
  }

  /** One look for all who ask before it: the store comes to it when this turn of the event loop ends. */
  #revisionOf(home: HomeId): Promise<Revision | undefined> {
    let look = this.#looks.get(home);
    if (!look) {
      look = this.#look(home);
      this.#looks.set(home, look);
    }
    return look;
  }

  async #look(home: HomeId): Promise<Revision | undefined> {
    try {
      return (await this.#server.store.view(home))?.revision();
    } finally {
      this.#looks.delete(home);
    }
  }
}

/** The server, and what is learnt of it through it. */
function watched(server: DavServer): {server: DavServer; grounds: Grounds} {
  const {store, directory} = server;
  const grounds: Grounds = {directory, proxies: undefined, homes: new Map(), reads: [], passes: false};
  const passing = <Work>(work: Work): Work => {
    grounds.passes = true;
    return work;
  };
  const watching: Store = {
    maxNameBytes: store.maxNameBytes,
    async view(home) {
      const view = await store.view(home);
      if (!view) return passing(undefined);
      // What is looked at later is not older than this.
      if (!grounds.homes.has(home)) grounds.homes.set(home, view.revision());
      return new WatchedView(view, grounds);
    },
    write: (home, work) => passing(store.write(home, work)),
    createHome: (home, work) => passing(store.createHome(home, work)),
    deleteHome: home => passing(store.deleteHome(home)),
    homes: () => passing(store.homes()),
    close: () => store.close(),
  };
  const proxies: DavServer['proxies'] = asked => {
    grounds.proxies = server.proxies(asked);
    return grounds.proxies;
  };
  return {server: {...server, directory, store: watching, proxies}, grounds};
}

class WatchedView implements HomeView {
  readonly home: HomeId;
  readonly #view: HomeView;
  readonly #grounds: Grounds;

  constructor(view: HomeView, grounds: Grounds) {
    this.home = view.home;
    this.#view = view;
    this.#grounds = grounds;
  }

  read(path: Path, etag?: string) {
    this.#grounds.reads.push({view: this.#view, path, etag});
    return this.#view.read(path, etag);
  }

  stands(object: StoredObject) {
    this.#grounds.reads.push({view: this.#view, path: object.path, etag: object.etag});
    return this.#view.stands(object);
  }

  locks() {
    const locks = this.#view.locks();
    if (locks.length > 0) this.#grounds.passes = true;
    return locks;
  }

  find(path: Path) {
    return this.#view.find(path);
  }

  members(collection: Path) {
    return this.#view.members(collection);
  }

  findUid(collection: Path, uid: string) {
    return this.#view.findUid(collection, uid);
  }

  findInRange(collection: Path, range: TimeRange, component?: string) {
    return this.#view.findInRange(collection, range, component);
  }

  changes(...asked: Parameters<HomeView['changes']>) {
    return this.#view.changes(...asked);
  }

  usedBytes() {
    return this.#view.usedBytes();
  }

  count(collection: Path) {
    return this.#view.count(collection);
  }

  revision() {
    return this.#view.revision();
  }
}

/** The request and who sent it, as a text; undefined where that is too long to be kept. */
function keyOf({method, path, secure, headers, body}: HttpRequest, {guid}: Principal): string | undefined {
  if (body.byteLength > mostKeyBytes) return undefined;
  let key = `${guid} ${secure ? 's' : '-'} ${method} ${path}\n`;
  for (const name in headers) if (!withoutEffect.has(name)) key += `${name}:${headers[name]}\n`;
  return body.byteLength === 0 ? key : `${key}\n${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')}`;
}
