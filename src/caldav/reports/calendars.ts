import type {CalendarCollection} from '../../scheduling/busy-time.ts';
import {inbox} from '../../scheduling/kinds.ts';
import {membersOf} from '../../webdav/locate.ts';
import type {DavContext, Resource} from '../../webdav/tables.ts';
import {dav, type Name} from '../../xml/names.ts';
import {calendar} from '../kinds.ts';

/**
 * The calendars that a report on `target` looks into, as far as the client has a privilege on them. A calendar stands for its members whatever
 * the Depth: Windows sends 0, others none, and nobody means the collection itself; so does an Inbox (RFC 6638 §2.2). On a home or a
 * folder, all calendars below are meant.
 */
export function* calendarsOf(
  target: Resource,
  context: DavContext,
  privilege: Name = dav('read'),
): Generator<CalendarCollection> {
  if (target.kind === calendar || target.kind === inbox) yield target as CalendarCollection;
  else if (target.stored?.collection) {
    for (const member of membersOf(target, context) as Iterable<Resource>) {
      if (member.stored?.collection && member.kind !== inbox && context.may(privilege, member))
        yield* calendarsOf(member, context, privilege);
    }
  }
}
