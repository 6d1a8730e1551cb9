import {networkInterfaces} from 'node:os';
import type {Plan} from './planned.ts';
import type {SetupResult} from './setup.ts';

/**
 * The addresses a server answers under, the best first: the host name before the machine's addresses. Where there is HTTPS, HTTP is
 * for programs on the machine itself.
 */
export function addressesOf({settings}: Plan, outside: readonly string[] = outsideAddresses()): string[] {
  const {host, httpPort, sslPort, bind} = settings;
  const names = [host, ...(bind.length > 0 ? bind : outside)];
  const urls = (scheme: 'https' | 'http', port: number, hosts: readonly string[]) =>
    port === 0 ? [] : hosts.map(name => new URL(`${scheme}://${bracketed(name)}:${port}/`).href);
  return [
    ...new Set([...urls('https', sslPort, names), ...urls('http', httpPort, sslPort === 0 ? names : [bind[0] ?? 'localhost'])]),
  ];
}

/** IPv4 addresses that a phone in the same network can type. */
function outsideAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({internal, family}) => !internal && family === 'IPv4')
    .map(({address}) => address);
}

/** What to tell a person once, when a server has been made: the address, the accounts with their passwords, and what to type where. */
export function welcome({plan, accounts}: SetupResult, outside: readonly string[] = outsideAddresses()): string {
  const {host, sslPort, httpPort, tls, bind} = plan.settings;
  const addresses = addressesOf(plan, outside);
  const user = accounts.find(({admin}) => !admin) ?? accounts[0];
  const port = sslPort || httpPort;
  const other = host.includes('.') || bind.length > 0 ? undefined : outside[0];
  const lines = [
    'Your calendar server:',
    ...addresses.map(
      address => `  ${address}${sslPort && address.startsWith('http:') ? '  (only for programs on this machine)' : ''}`,
    ),
    '',
    'Accounts, with passwords that are shown only this once:',
    ...accounts.map(
      ({name, password, admin}) =>
        `  ${name.padEnd(12)} ${password ?? '(the password you gave)'}${admin ? '   (administrator)' : ''}`,
    ),
    '',
    'On an iPhone or iPad: Settings, Apps, Calendar, Calendar Accounts, Add Account, Other, Add CalDAV Account, then',
    `  Server     ${bracketed(host)}:${port}${other ? `  (or ${other}:${port}, where the network does not know the name ${host})` : ''}`,
    ...(user ? [`  User Name  ${user.name}`, '  Password   as above'] : []),
    'In Thunderbird, DAVx5, Evolution and others: the address above, the name and the password.',
  ];
  if (tls.kind === 'own') {
    lines.push(
      '',
      `The certificate is from an authority that only this server uses. To make a device trust it, open ${addresses[0]} in its browser`,
      `and follow the page there; or copy ${tls.authority} to it and install it there.`,
    );
  }
  return lines.join('\n');
}

/** A name or address as it stands in a URL. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
