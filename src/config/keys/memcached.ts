import type {ConfigKey} from '../key.ts';

const ownConnection = 'each worker keeps one connection open';
const servers = 'Servers says where they are, and all of them hold everything';
const closed = 'it is started so that this machine alone reaches it, and as the account that serves';

/** The memory that workers and machines share, by memcached. */
export const memcached: readonly ConfigKey[] = [
  {
    key: 'Memcached.ClientEnabled',
    type: 'boolean',
    default: false,
    config: 'memcached.clientEnabled',
    meaning: 'Whether workers share by memcached which passwords were right, how many wrong ones came, and used Digest nonces.',
  },
  {
    key: 'Memcached.Servers',
    type: 'strings',
    default: [],
    config: 'memcached.servers',
    meaning: 'Where memcached answers, HOST:PORT, one or several; empty: at BindAddress and Port.',
  },
  {
    key: 'Memcached.ServerEnabled',
    type: 'boolean',
    default: false,
    config: 'memcached.serverEnabled',
    meaning: 'Whether caldav starts a memcached of its own at BindAddress and Port, which must be this machine’s own.',
  },
  {
    key: 'Memcached.BindAddress',
    type: 'string',
    default: '127.0.0.1',
    config: 'memcached.bindAddress',
    meaning: 'The address memcached answers at.',
  },
  {
    key: 'Memcached.Port',
    type: 'port',
    default: 11_211,
    config: 'memcached.port',
    meaning: 'The port memcached answers at.',
  },
  {
    key: 'Memcached.memcached',
    type: 'string',
    default: 'memcached',
    config: 'memcached.program',
    meaning: 'The program that ServerEnabled starts, by name or path.',
  },
  {
    key: 'Memcached.MaxMemory',
    type: 'integer',
    default: 0,
    config: 'memcached.maxMemoryMegabytes',
    meaning: 'Megabytes the memcached that ServerEnabled starts may use; 0: as many as it takes by itself, 64.',
  },
  {key: 'Memcached.MaxClients', type: 'integer', default: 5, meaning: 'Connections to memcached.', because: ownConnection},
  {key: 'Memcached.Options', type: 'strings', default: [], meaning: 'Further arguments of memcached.', because: closed},
  {key: 'Memcached.Pools', type: 'dict', default: {}, meaning: 'Several memcacheds by what they hold.', because: servers},
];
