import type {Directory, Principal} from '../accounts/principal.ts';

/** Those in a group and in the groups in it, each once, without the groups. */
export function* groupMembers(group: Principal, directory: Pick<Directory, 'findByGuid'>): Generator<Principal> {
  const met = new Set([group.guid]);
  const open = [...group.members];
  for (const guid of open) {
    const member = met.has(guid) ? undefined : directory.findByGuid(guid);
    met.add(guid);
    if (member?.type === 'groups') open.push(...member.members);
    else if (member) yield member;
  }
}
