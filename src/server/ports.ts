import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {createServer} from 'node:net';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import type {Bound, Endpoint} from '../http/bind.ts';

/** Where the server is to listen. Throws UserError where that is nowhere, or TLS is asked for without a certificate. */
export function endpoints(config: Config): Endpoint[] {
  const hosts = config.bindAddresses.length > 0 ? config.bindAddresses : [undefined];
  const ports = (list: readonly number[], one: number, tls: boolean) =>
    (list.length > 0 ? list : [one]).filter(port => port > 0).map(port => ({port, tls}));
  const all = [...ports(config.bindHttpPorts, config.httpPort, false), ...ports(config.bindSslPorts, config.sslPort, true)];
  if (all.length === 0) {
    throw new UserError(`${config.file} names no port to listen on.`, 'Set one: caldav config set HTTPPort 8008');
  }
  if (all.some(({tls}) => tls) && !config.tls.certificate) {
    throw new UserError(
      `${config.file} has a port for TLS (SSLPort) but no certificate (SSLCertificate).`,
      'Make one with caldav setup --renew, or switch TLS off: caldav config set SSLPort 0',
    );
  }
  return hosts.flatMap(host => all.map(({port, tls}) => ({host, port, tls, backlog: config.listenBacklog})));
}

/** Tries each port and lets go of it again. Throws UserError for the first that cannot be had. */
export async function checkPorts(list: readonly Endpoint[]): Promise<void> {
  for (const {host, port, backlog} of list) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', error => reject(portError(error, host, port)));
      server.listen({port, ...(host === undefined ? {} : {host}), ...(backlog ? {backlog} : {})}, () =>
        server.close(() => resolve()),
      );
    });
  }
}

/** A sentence for the system's refusal of a port; any other error as it is. */
export function portError(error: NodeJS.ErrnoException, host: string | undefined, port: number): Error {
  const where = host === undefined ? `Port ${port}` : `Port ${port} on ${host}`;
  const other = `choose another port with: caldav config set ${port === 443 || port === 8443 ? 'SSLPort' : 'HTTPPort'} NUMBER`;
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = findListener(port);
      const who = holder ? ` by process ${holder.pid} (${holder.name})` : ' by another program';
      const own = holder?.name.startsWith('caldav') ? 'Stop it with caldav stop in its folder' : `Stop ${holder ? 'it' : 'that'}`;
      return new UserError(`${where} is in use${who}.`, `${own}, or ${other}`);
    }
    case 'EACCES':
      return new UserError(
        `${where} may be opened by root only.`,
        `Start as root with UserName set, or ${other}, or allow it: sysctl net.ipv4.ip_unprivileged_port_start=${port}`,
      );
    case 'EADDRNOTAVAIL':
      return new UserError(`This machine has no address ${host}.`, 'Mend BindAddresses in the configuration.');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new UserError(`The name ${host} has no address.`, 'Mend BindAddresses in the configuration.');
    default:
      return error;
  }
}

/** The addresses to type into a client, one for each place it listens. */
export function printAddresses(bound: readonly Bound[], serverHostName: string): string[] {
  const urls = bound.map(({host, port, tls}) => {
    const everywhere = host === '::' || host === '0.0.0.0';
    const name = everywhere ? serverHostName : host.includes(':') ? `[${host}]` : host;
    const standard = port === (tls ? 443 : 80);
    return `${tls ? 'https' : 'http'}://${name}${standard ? '' : `:${port}`}/`;
  });
  return [...new Set(urls)].sort((a, b) => Number(b.startsWith('https')) - Number(a.startsWith('https')));
}

/** Who listens on a port, where Linux lets this account see it. */
function findListener(port: number): {pid: number; name: string} | undefined {
  try {
    const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(file => readFileSync(file, 'latin1').split('\n'));
    const sockets = lines
      .map(line => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(hex) && state === '0A');
    const links = new Set(sockets.map(fields => `socket:[${fields[9]}]`));
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      if (holds(pid, links)) return {pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim()};
    }
  } catch {
    // No /proc here: then it is not named.
  }
  return undefined;
}

function holds(pid: string, links: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => links.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false; // another account's, or gone
  }
}
