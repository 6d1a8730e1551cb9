import {join} from 'node:path';
import type {Log} from '../base/log.ts';
import {readSecret} from '../base/secret-file.ts';
import type {SharedMemory} from '../base/shared-memory.ts';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {type Address, isOwnMachine, parseAddress, printAddress} from '../memcached/address.ts';

/** Where the memcacheds of the configuration answer; empty: they are not asked. Throws UserError where they cannot be meant. */
export function memcachedAddresses({memcached, file}: Config): readonly Address[] {
  const {clientEnabled, serverEnabled, servers, bindAddress, port} = memcached;
  if (!clientEnabled) return [];
  const own = {host: bindAddress, port};
  if (serverEnabled && (servers.length > 0 || !isOwnMachine(own) || port === 0)) {
    throw new UserError(
      `In Memcached of ${file}, ServerEnabled starts a memcached for this machine alone, and ${servers.length > 0 ? 'Servers names others' : `${printAddress(own)} is for others too`}.`,
      'Set BindAddress to 127.0.0.1 and a Port, and leave Servers out; or set ServerEnabled to false.',
    );
  }
  if (servers.length === 0) return [own];
  return servers.map(text => {
    const address = parseAddress(text);
    if (address) return address;
    throw new UserError(`In Memcached Servers of ${file}, “${text}” is no address.`, 'Write it as HOST:PORT, 192.0.2.1:11211.');
  });
}

/**
 * Loads what shared memory takes, where the configuration has one, while this process may still read its own program; what is returned
 * opens it, with the secret of DataRoot.
 */
export async function prepareSharedMemory(config: Config, log: Log): Promise<() => SharedMemory | undefined> {
  const servers = memcachedAddresses(config);
  if (servers.length === 0) return () => undefined;
  const {openSharedMemory} = await import('../memcached/shared-memory.ts');
  return () => openSharedMemory({servers, secret: readSecret(join(config.dataRoot, 'memcached-key')), log});
}
