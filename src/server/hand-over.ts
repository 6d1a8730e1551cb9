import {createServer, type Server, type Socket} from 'node:net';
import {setImmediate as turn} from 'node:timers/promises';
import type {Log} from '../base/log.ts';
import {type Bound, bind, type Endpoint} from '../http/bind.ts';
import {portError} from './ports.ts';

/** A connection that was accepted and that no worker has taken yet. */
export interface Arrival {
  readonly socket: Socket;
  readonly tls: boolean;
}

/** Gives a worker a connection; the numbers rise. */
export type Give = (id: number, arrival: Arrival) => void;

interface Taker {
  readonly untaken: Map<number, Arrival>;
  readonly give: Give;
}

/** The ports, and who of the workers gets each connection that comes. */
export interface HandOver<Worker> {
  /** Throws UserError where a port cannot be had; then none is. */
  listen(endpoints: readonly Endpoint[]): Promise<readonly Bound[]>;
  /** From now on it is given connections. */
  add(worker: Worker, give: Give): void;
  /** It has taken one, and all that it was given before. */
  took(worker: Worker, id: number): void;
  /** It is given none any more; those that it has not taken are given to others. */
  remove(worker: Worker): void;
  /** Lets go of the ports. All that came before is handed over by then, if there is anybody. */
  close(): Promise<void>;
}

/** Connections that may wait to be taken; further ones are closed. */
const mostUntaken = 4096;
/** A worker that is so much slower than another to take what it is given is passed over. */
const mostBehind = 4;

/**
 * Accepts connections and gives them to the workers in turn. Node's cluster would do so too; but it forgets a connection that it has
 * sent to a worker which dies before it has taken it, and the client waits until it gives up. Here each is kept until a worker says that
 * it has it, and otherwise given to another. (To let all workers accept on one socket instead is quicker, but the kernel then gives
 * sixteen connections now to one, now to the other.)
 */
export function createHandOver<Worker>(log: Log): HandOver<Worker> {
  const servers: Server[] = [];
  const takers = new Map<Worker, Taker>();
  const waiting: Arrival[] = [];
  let untaken = 0;
  let nextId = 1;
  let closed = false;

  /** The next in turn, unless it is far behind. */
  function choose(): Taker | undefined {
    const least = Math.min(...[...takers.values()].map(taker => taker.untaken.size));
    for (const [worker, taker] of takers) {
      if (taker.untaken.size > least + mostBehind) continue;
      takers.delete(worker);
      takers.set(worker, taker);
      return taker;
    }
    return undefined;
  }

  function place(arrival: Arrival) {
    const taker = choose();
    if (!taker) {
      if (closed) drop(arrival);
      else waiting.push(arrival);
      return;
    }
    const id = nextId++;
    taker.untaken.set(id, arrival);
    taker.give(id, arrival);
  }

  /** This process's hold on it; the worker has its own. */
  function drop({socket}: Arrival) {
    untaken--;
    socket.destroy();
  }

  function accept(socket: Socket, tls: boolean) {
    socket.on('error', () => {});
    if (untaken >= mostUntaken) {
      socket.destroy();
      return;
    }
    untaken++;
    place({socket, tls});
  }

  return {
    async listen(endpoints) {
      const bound: Bound[] = [];
      for (const endpoint of endpoints) {
        // Paused: whoever takes it is to find all that the client has sent.
        const server = createServer({noDelay: true, pauseOnConnect: true}, socket => accept(socket, endpoint.tls));
        try {
          bound.push(await bind(server, endpoint, log));
        } catch (error) {
          for (const other of servers.splice(0)) other.close();
          throw portError(error as NodeJS.ErrnoException, endpoint.host, endpoint.port);
        }
        servers.push(server);
      }
      return bound;
    },
    add(worker, give) {
      takers.set(worker, {untaken: new Map(), give});
      for (const arrival of waiting.splice(0)) place(arrival);
    },
    took(worker, id) {
      const taker = takers.get(worker);
      for (const [given, arrival] of taker?.untaken ?? []) {
        // They come in order: one given before this and not taken was lost on the way, for its worker has too many files open.
        if (given > id) break;
        taker?.untaken.delete(given);
        drop(arrival);
      }
    },
    remove(worker) {
      const taker = takers.get(worker);
      takers.delete(worker);
      for (const arrival of taker?.untaken.values() ?? []) place(arrival);
    },
    async close() {
      closed = true;
      // What the system has accepted already is taken from it; letting go of the port would reset it.
      await turn();
      for (const server of servers.splice(0)) server.close();
      for (const arrival of waiting.splice(0)) drop(arrival);
    },
  };
}
