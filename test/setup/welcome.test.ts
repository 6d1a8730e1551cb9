import {describe, expect, test} from 'vitest';
import {planSetup} from '../../src/setup/plan.ts';
import type {SetupResult} from '../../src/setup/setup.ts';
import {addressesOf, welcome} from '../../src/setup/welcome.ts';

const found = {
  folder: '/srv/cal',
  configFile: '/srv/cal/conf/caldavd-dev.plist',
  config: undefined,
  existing: new Set<string>(),
  machine: {hostName: 'mill', login: 'ann', root: false},
  busyPorts: new Map<number, number>(),
  accounts: undefined,
  system: undefined,
  unfinished: undefined,
};

const made = (answers: Parameters<typeof planSetup>[0], accounts: SetupResult['accounts'] = []): SetupResult => ({
  plan: planSetup(answers, found),
  changed: true,
  config: undefined,
  accounts,
  doctor: undefined,
});

describe('what is said when a server has been made', () => {
  test('the address, the accounts with their passwords, and what to type into a phone', () => {
    const accounts = [
      {name: 'admin', admin: true},
      {name: 'ann', admin: false, password: 'abcd-efgh'},
    ];
    const text = welcome(made({}, accounts), ['192.0.2.7']);
    expect(text).toMatch(/admin +\(the password you gave\) +\(administrator\)/);
    expect(text).toMatch(/ann +abcd-efgh\n/);
    expect(text).toContain('Server     mill:8443  (or 192.0.2.7:8443, where the network does not know the name mill)');
    expect(text).toContain('User Name  ann');
    expect(text).toContain('copy /srv/cal/conf/tls/ca.pem');
    expect(welcome(made({tls: 'files', tlsCertificate: 'x'}, accounts), [])).not.toContain('authority');
  });

  test('where there is HTTPS, HTTP is for this machine', () => {
    expect(addressesOf(made({}).plan, ['192.0.2.7'])).toEqual([
      'https://mill:8443/',
      'https://192.0.2.7:8443/',
      'http://localhost:8008/',
    ]);
    expect(addressesOf(made({host: 'a.example', sslPort: 443, httpPort: 0}).plan, [])).toEqual(['https://a.example/']);
    expect(addressesOf(made({tls: 'none', bind: ['::1']}).plan, ['192.0.2.7'])).toEqual([
      'http://mill:8008/',
      'http://[::1]:8008/',
    ]);
  });
});
