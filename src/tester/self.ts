import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseDirectory} from '../accounts/load.ts';
import {openProxiesFile} from '../accounts/proxies-file.ts';
import {type Log, silent} from '../base/log.ts';
import {temporary} from '../base/traces.ts';
import {createAuthority, issueCertificate, type KeyPair} from '../certificates/issue.ts';
import {parseConfig} from '../config/load.ts';
import {indexFile} from '../server/indexer.ts';
import {serveOnLoopback} from '../server/loopback.ts';
import {openFileStore} from '../store/file/store.ts';
import {conformanceAccounts} from './accounts.ts';

/** A server of our own; its data goes with it. */
export interface SelfServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly sslPort: number;
}

/** The configuration that the scripts expect. */
const plist = {
  ServerHostName: 'localhost',
  AdminPrincipals: ['/principals/__uids__/0C8BDE62-E600-4696-83D3-8B5ECABDFD2E/'],
  Authentication: {Basic: {Enabled: true}, Digest: {Enabled: false}, ChallengeDiscovery: false},
  EnableAnonymousReadRoot: true,
  EnableImplicitScheduling: true,
  DefaultTimezone: 'UTC',
  FreeBusyURL: {Enabled: true, TimePeriod: 14},
  UserQuota: 104857600,
  MaxResourceSize: 1048576,
  MaxAttendeesPerInstance: 100,
  MaxAllowedInstances: 3000,
  MaxCollectionsPerHome: 50,
  MaxResourcesPerCollection: 10000,
  Scheduling: {Options: {LimitFreeBusyAttendees: 30}},
};

/** Starts a server with the suite's accounts on a free port of this machine, as a run that claims these features wants it. */
export async function startSelf(features: ReadonlySet<string> = new Set(), log: Log = silent): Promise<SelfServer> {
  const directory = parseDirectory(conformanceAccounts(), 'the accounts of the suite');
  const folder = await mkdtemp(join(tmpdir(), 'caldav-test-self-'));
  await using undo = new AsyncDisposableStack();
  undo.use(temporary(folder));
  const config = parseConfig({
    plist: {...plist, UniqueUIDsInHome: features.has('no-duplicate-uids')},
    file: join(folder, 'caldavd.plist'),
    folder,
  });
  const store = await openFileStore({root: join(folder, 'data'), log, index: indexFile});
  undo.defer(() => store.close());
  const proxies = undo.use(openProxiesFile(':memory:'));
  certificate ??= issue();
  const tls = {...(await certificate), authorityChain: ''};
  const {port, tlsPort, close} = await serveOnLoopback(
    {config, directory: () => directory, proxies: proxies.with, store, log},
    tls,
  );
  undo.defer(close);
  const running = undo.move();
  return {host: 'localhost', port, sslPort: tlsPort, [Symbol.asyncDispose]: () => running.disposeAsync()};
}

/** One for all servers of a run. */
let certificate: Promise<KeyPair> | undefined;

async function issue(): Promise<KeyPair> {
  return issueCertificate({authority: await createAuthority('caldav test'), names: ['localhost']});
}
