import {UserError} from '../../base/user-error.ts';
import {type Address, isOwnMachine, parseAddress, printAddress} from '../../memcached/address.ts';
import {type Inspected, inspectServer} from '../../memcached/inspect.ts';
import {memcachedAddresses} from '../../server/memcached.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** The memory that workers and machines share, where the configuration has one. */
export const memcached: Check = {
  name: 'memcached',
  what: 'memcached',
  applies: ({config}) => config?.memcached.clientEnabled ?? false,
  async run({config}) {
    try {
      const {serverEnabled} = config!.memcached;
      return (await Promise.all(memcachedAddresses(config!).map(address => look(address, serverEnabled)))).flat();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return [fail(error.message.replace(/\.$/, ''), error.fix)];
    }
  },
};

async function look(address: Address, ours: boolean): Promise<CheckResult[]> {
  try {
    return judge(address, await inspectServer(address));
  } catch (error) {
    const fix = ours
      ? 'start the server, which starts it; if it runs, look for “memcached” in its error log (apt install memcached)'
      : 'start it (`systemctl start memcached`), mend Memcached in the plist, or set ClientEnabled to false';
    return [
      warn(
        `nothing answers as memcached at ${printAddress(address)} (${(error as Error).message}): every worker remembers for itself`,
        fix,
      ),
    ];
  }
}

/** What is to be said of a memcached that answers. */
export function judge(address: Address, {version, listensAt}: Inspected): CheckResult[] {
  const where = printAddress(address);
  const there = ok(`memcached ${version} answers at ${where}`);
  const own = isOwnMachine(address);
  if (own && listensAt.length > 0 && listensAt.every(one => isOwnMachine(parseAddress(one) ?? {host: one}))) return [there];
  return [
    there,
    warn(
      own
        ? `the memcached at ${where} listens to the network too (${listensAt.join(', ') || 'all addresses'}), and asks nobody for a password`
        : `the memcached at ${where} is reached through the network, and asks nobody for a password`,
      own
        ? 'start it with -l 127.0.0.1 -U 0 (Debian: /etc/memcached.conf)'
        : 'see that a firewall lets none but these servers to it; what others read there tells them nothing, but they can empty it',
    ),
  ];
}
