import {readFile} from 'node:fs/promises';
import type {Config} from '../config/config.ts';

/** The process number of the running server, from its PID file; undefined where none runs. */
export async function findServer({pidFile}: Config): Promise<number | undefined> {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}

/** Where the server listens by its configuration. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  /** Undefined: all addresses. */
  readonly address: string | undefined;
  readonly port: number;
}

/** Every address and port of the plist; ports that are off are left out. */
export function endpointsOf(config: Config): Endpoint[] {
  const addresses = config.bindAddresses.length > 0 ? config.bindAddresses : [undefined];
  const http = config.bindHttpPorts.length > 0 ? config.bindHttpPorts : [config.httpPort];
  const https = config.bindSslPorts.length > 0 ? config.bindSslPorts : [config.sslPort];
  const ports = [
    ...http.map(port => ({protocol: 'http:' as const, port})),
    ...(config.tls.certificate ? https.map(port => ({protocol: 'https:' as const, port})) : []),
  ];
  return addresses.flatMap(address => ports.filter(({port}) => port !== 0).map(row => ({...row, address})));
}

/** An address of this machine that reaches it. */
export function reachableAt({address}: Endpoint): string {
  if (address === undefined || address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
