import {networkInterfaces} from 'node:os';
import type {Plan} from './planned.ts';
import type {SetupResult} from './setup.ts';

/** The addresses a server answers under, the best first: HTTPS before HTTP, the host name before the machine's addresses. */
export function addressesOf(
  {settings: {host, httpPort, sslPort, bind}}: Plan,
  outside: readonly string[] = outsideAddresses(),
): string[] {
  const names = [host, ...(bind.length > 0 ? bind : outside)];
  const url = (scheme: 'https' | 'http', port: number) =>
    port === 0 ? [] : names.map(name => new URL(`${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}/`).href);
  return [...new Set([...url('https', sslPort), ...url('http', httpPort)])];
}

/** IPv4 addresses that a phone in the same network can type. */
function outsideAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({internal, family}) => !internal && family === 'IPv4')
    .map(({address}) => address);
}

/** What to tell a person once, when a server has been made: the address, the accounts with their passwords, and what to type where. */
export function welcome({plan, accounts}: SetupResult, addresses = addressesOf(plan)): string {
  const {host, sslPort, httpPort, tls} = plan.settings;
  const user = accounts.find(({admin}) => !admin) ?? accounts[0];
  const secure = tls.kind !== 'none' && sslPort !== 0;
  const server = new URL(
    `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${secure ? sslPort : httpPort}`,
  ).host;
  const lines = [
    'Your calendar server:',
    ...addresses.map(address => `  ${address}`),
    '',
    'Accounts, with passwords that are shown this once:',
    ...accounts.map(({name, password, admin}) => `  ${name.padEnd(12)} ${password}${admin ? '   (administrator)' : ''}`),
    '',
    'On an iPhone or iPad: Settings, Apps, Calendar, Calendar Accounts, Add Account, Other, Add CalDAV Account, then',
    `  Server     ${server}`,
    ...(user ? [`  User Name  ${user.name}`, '  Password   as above'] : []),
    'In Thunderbird, DAVx5, Evolution and others: the address above, the name and the password.',
  ];
  if (tls.kind === 'own') {
    lines.push(
      '',
      `The certificate is from an authority that only this server uses. To make a device trust it, open ${addresses[0]} in its browser`,
      `and follow the page there; or copy ${tls.authority} to it.`,
    );
  }
  return lines.join('\n');
}
