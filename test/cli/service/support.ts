import {join} from 'node:path';
import type {Service} from '../../../src/cli/service/service.ts';

const program = join(import.meta.dirname, '../../..');

/** A service of the whole machine, as an account that may read all that it takes. */
export const machineWide: Service = {
  name: 'caldav',
  own: false,
  folder: '/srv/cal',
  config: '/srv/cal/conf/caldavd-dev.plist',
  node: process.execPath,
  script: join(program, 'bin/caldav'),
  user: 'daemon',
  group: undefined,
  pidFile: '/srv/cal/run/caldavd.pid',
  errorLog: '/srv/cal/logs/error.log',
  umask: 0o027,
  lowPort: false,
  writable: ['/srv/cal/data/documents', '/srv/cal/data', '/srv/cal/logs', '/srv/cal/run'],
  readable: ['/opt/caldav', '/srv/cal'],
};

/** The values of a key of a unit, in order. */
export function valuesOf(unit: string, key: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);
}
