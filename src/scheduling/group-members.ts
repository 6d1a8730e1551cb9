import {createHash} from 'node:crypto';
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

/** Differs where others are in it. */
export function membersText(group: Principal, directory: Pick<Directory, 'findByGuid'>): string {
  const guids = [...groupMembers(group, directory)].map(({guid}) => guid).sort();
  return createHash('sha256').update(guids.join()).digest('hex').slice(0, 32);
}

/** Who is in a group, as `GroupEvents` has it, found out once for each; one that is no more has nobody. */
export function membersIn(directory: Pick<Directory, 'findByGuid'>): (guid: string) => string {
  const known = new Map<string, string>();
  return guid => {
    let text = known.get(guid);
    if (text === undefined) {
      const group = directory.findByGuid(guid);
      text = group ? membersText(group, directory) : '';
      known.set(guid, text);
    }
    return text;
  };
}
