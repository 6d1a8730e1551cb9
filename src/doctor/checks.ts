import type {Check} from './check.ts';
import {account} from './checks/account.ts';
import {accounts} from './checks/accounts.ts';
import {attributes} from './checks/attributes.ts';
import {certificates} from './checks/certificates.ts';
import {clock} from './checks/clock.ts';
import {configuration} from './checks/configuration.ts';
import {deliveries} from './checks/deliveries.ts';
import {discovery} from './checks/discovery.ts';
import {diskSpace} from './checks/disk-space.ts';
import {fileSystem} from './checks/file-system.ts';
import {homes} from './checks/homes.ts';
import {mail} from './checks/mail.ts';
import {memcached} from './checks/memcached.ts';
import {node} from './checks/node.ts';
import {permissions} from './checks/permissions.ts';
import {ports} from './checks/ports.ts';
import {proxy} from './checks/proxy.ts';
import {scheduling} from './checks/scheduling.ts';
import {service} from './checks/service.ts';
import {syncSpeed} from './checks/sync-speed.ts';

/** The table of checks, in the order they are run and shown: what others rest on comes first. */
export const checks: readonly Check[] = [
  node,
  configuration,
  account,
  fileSystem,
  attributes,
  permissions,
  diskSpace,
  syncSpeed,
  clock,
  accounts,
  certificates,
  homes,
  deliveries,
  memcached,
  scheduling,
  mail,
  ports,
  discovery,
  proxy,
  service,
];
