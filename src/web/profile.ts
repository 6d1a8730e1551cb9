import {uuidV5} from '../accounts/guid.ts';
import {buildPlist} from '../config/build-plist.ts';
import type {Server} from './server.ts';

/** The name space of these profiles' UUIDs: one profile for each server and user, so that a second one replaces the first. */
const namespace = '6A0F6E5C-55D1-4D1B-9B58-3F8D0A6F9C11';

/**
 * A configuration profile for Apple's devices (com.apple.caldav.account): the account without its password, which the device asks
 * for, and the authority to trust (com.apple.security.root), DER, where there is one.
 */
export function printProfile({
  server,
  user,
  authority,
}: {
  server: Server;
  user: string;
  authority: Uint8Array | undefined;
}): string {
  const about = (type: string, what: string) => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `caldav.${server.name}.${what}`,
    PayloadUUID: uuidV5(namespace, `${what} ${user} ${server.name}:${server.port}`),
  });
  const account = {
    ...about('com.apple.caldav.account', 'account'),
    PayloadDisplayName: `Calendars of ${user}`,
    CalDAVAccountDescription: `Calendars on ${server.name}`,
    CalDAVHostName: server.name,
    CalDAVPort: server.port,
    CalDAVUseSSL: server.secure,
    CalDAVUsername: user,
  };
  const trust = authority && {
    ...about('com.apple.security.root', 'authority'),
    PayloadDisplayName: `Certificate authority of ${server.name}`,
    PayloadCertificateFileName: 'ca.crt',
    PayloadContent: authority,
  };
  return buildPlist({
    ...about('Configuration', 'profile'),
    PayloadDisplayName: `Calendars on ${server.name}`,
    PayloadDescription: 'Adds the calendars and tasks of this account. The password is asked for.',
    PayloadRemovalDisallowed: false,
    PayloadContent: trust ? [trust, account] : [account],
  });
}
