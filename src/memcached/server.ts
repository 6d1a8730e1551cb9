import {createNode, type MemcacheNode} from 'memcache';
import type {Log} from '../base/log.ts';
import {type Address, printAddress} from './address.ts';
import {inTime} from './in-time.ts';

/** One memcached. What it is asked resolves in time or to undefined; nothing rejects. */
export interface MemcachedServer {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  /** Whether the key was free; undefined: it did not say. */
  add(key: string, value: string, seconds: number): Promise<boolean | undefined>;
  close(): void;
}

/** A request waits no longer than this for it; a connection, which no request waits for longer, may take this. */
const patienceMs = 20;
const connectMs = 2_000;
const shortestPauseMs = 100;
const longestPauseMs = 30_000;
const mostWaiting = 1_000;
/** Milliseconds that a connection may be idle; the client library would close it after five seconds otherwise. */
const idleMs = 2 ** 31 - 1;

interface Line {
  readonly node: MemcacheNode;
  readonly ready: Promise<void>;
  connected: boolean;
  dropped: boolean;
  waiting: number;
}

/**
 * One connection to a memcached, made when it is first needed. A server that is slow, gone or makes no sense loses the connection, for
 * what comes late would be taken for the next answer, and is left alone for a while that doubles each time.
 */
export function openServer(address: Address, log: Log, patience = patienceMs): MemcachedServer {
  let line: Line | undefined;
  let failures = 0;
  let againAt = 0;
  let closed = false;
  const server = printAddress(address);

  function open(): Line {
    const node = createNode(address.host, address.port, {timeout: idleMs});
    const ready = inTime(node.connect(), Math.max(patience, connectMs));
    const opened: Line = {node, ready, connected: false, dropped: false, waiting: 0};
    line = opened;
    ready.catch(error => drop(opened, error));
    node.on('error', () => {});
    node.on('close', () => {
      if (line === opened) line = undefined;
    });
    node.on('connect', () => {
      opened.connected = true;
      node.socket?.on('data', () => {
        if (opened.waiting === 0) drop(opened, new Error('it speaks without being asked'));
      });
    });
    return opened;
  }

  function drop(dropped: Line, error: Error) {
    if (dropped.dropped) return;
    dropped.dropped = true;
    void dropped.node.disconnect();
    if (line === dropped) line = undefined;
    failures++;
    // One failure may be a restart or a busy moment.
    if (failures === 1) return;
    againAt = Date.now() + Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(failures - 1, 20));
    if (failures === 2) log.warn({server, reason: error.message}, 'memcached cannot be asked: every worker remembers for itself');
  }

  /** Undefined where it did not answer, or said that it cannot. */
  async function ask<T>(command: string, read: (answer: unknown) => T, requestedKeys?: string[]): Promise<T | undefined> {
    if (closed || Date.now() < againAt) return undefined;
    const used = line ?? open();
    if (used.waiting >= mostWaiting) return undefined;
    used.waiting++;
    try {
      const options = requestedKeys ? {isMultiline: true, requestedKeys} : {};
      if (!used.connected) await inTime(used.ready, patience);
      const answer = read(await inTime(used.node.command(command, options), patience));
      if (failures > 1) log.info({server}, 'memcached answers again');
      failures = 0;
      return answer;
    } catch (error) {
      if (used.connected && !isRefusal(error)) drop(used, error as Error);
      return undefined;
    } finally {
      used.waiting--;
    }
  }

  return {
    get: key => ask(`get ${key}`, readValue, [key]),
    async set(key, value, seconds) {
      await ask(`set ${key} 0 ${seconds} ${Buffer.byteLength(value)}\r\n${value}`, readStored);
    },
    add: (key, value, seconds) => ask(`add ${key} 0 ${seconds} ${Buffer.byteLength(value)}\r\n${value}`, readStored),
    close() {
      closed = true;
      void line?.node.disconnect();
    },
  };
}

/** It is there and well, and has no room or no wish. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('SERVER_ERROR');
}

function readStored(answer: unknown): boolean {
  if (answer === 'STORED') return true;
  if (answer === false) return false;
  throw new Error('it answers what is no answer');
}

function readValue(answer: unknown): string | undefined {
  const {values} = (answer ?? {}) as {values?: readonly unknown[]};
  return typeof values?.[0] === 'string' ? values[0] : undefined;
}
