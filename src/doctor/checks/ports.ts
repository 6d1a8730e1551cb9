import {createServer} from 'node:net';
import {type Check, type CheckResult, fail, ok} from '../check.ts';
import {findListener, type Listener} from '../listening.ts';
import {type Endpoint, endpointsOf, findServer} from '../running.ts';

/** The ports: free, or held by this very server. */
export const ports: Check = {
  name: 'ports',
  what: 'Ports',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    const endpoints = endpointsOf(config!);
    if (endpoints.length === 0) {
      return [
        fail('no port is on: HTTPPort and SSLPort are 0, or SSLPort has no certificate', '`caldav config set HTTPPort 8008`'),
      ];
    }
    const server = await findServer(config!);
    return Promise.all(endpoints.map(async endpoint => judge(endpoint, await tryToListen(endpoint), server)));
  },
};

/** What listening ended in: the error's code, and who holds the port where it is held and the system tells. */
interface Attempt {
  readonly code?: string;
  readonly holder?: Listener | undefined;
}

/** Listens for a moment. */
async function tryToListen({address, port}: Endpoint): Promise<Attempt> {
  const code = await new Promise<string | undefined>(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({host: address, port, exclusive: true}, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined) return {};
  return {code, holder: code === 'EADDRINUSE' ? await findListener(port) : undefined};
}

/** `server`: the number of our running server's process, if there is one. */
export function judge({protocol, address, port}: Endpoint, {code, holder}: Attempt, server: number | undefined): CheckResult {
  const key = protocol === 'https:' ? 'SSLPort' : 'HTTPPort';
  const where = `port ${port}${address === undefined ? '' : ` on ${address}`}`;
  const details = {port, address, ...(holder && {pid: holder.pid, process: holder.name})};
  if (code === undefined) return ok(`${where} is free`, details);
  if (code === 'EADDRINUSE') {
    const ours = server !== undefined && (holder === undefined || holder.pid === server || holder.ancestors.includes(server));
    if (ours) return ok(`${where} is held by this server (process ${server})`, details);
    const who = holder ? `${holder.name} (process ${holder.pid})` : 'another program';
    return fail(`${where} is held by ${who}`, `stop it, or choose another port: \`caldav config set ${key} NUMBER\``, details);
  }
  if (code === 'EACCES') {
    return fail(
      `${where} is for root alone`,
      `choose one above 1023 (\`caldav config set ${key} ${port === 443 ? 8443 : 8008}\`), start it as root with UserName set, ` +
        `or let everybody have it: \`sysctl net.ipv4.ip_unprivileged_port_start=${port}\``,
      details,
    );
  }
  if (code === 'EADDRNOTAVAIL') {
    return fail(`${address} is no address of this machine`, 'mend BindAddresses: `ip address` lists those there are', details);
  }
  return fail(`${where} cannot be listened on: ${code}`, 'mend BindAddresses and the ports in the plist', details);
}
