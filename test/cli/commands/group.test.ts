import {describe, expect, test} from 'vitest';
import {groupAdd} from '../../../src/cli/commands/group-add.ts';
import {groupAddMember} from '../../../src/cli/commands/group-add-member.ts';
import {groupList} from '../../../src/cli/commands/group-list.ts';
import {groupRemove} from '../../../src/cli/commands/group-remove.ts';
import {groupRemoveMember} from '../../../src/cli/commands/group-remove-member.ts';
import {accountServer} from '../account-server.ts';

const accounts = `<accounts realm="Home">
  <!-- people -->
  <user><uid>ann</uid><guid>ann</guid></user>
  <user><uid>bob</uid><guid>bob</guid></user>
  <!-- rooms -->
  <location><uid>attic</uid><guid>attic</guid></location>
</accounts>
`;

describe('caldav group', () => {
  test('add, list, remove', async () => {
    const server = await accountServer(accounts);
    const {value} = await server.run(groupAdd, ['family'], {fullName: 'The family', member: ['ann', 'attic']});
    expect(value).toMatchObject({name: 'family', fullName: 'The family', members: ['ann', 'attic']});
    await server.run(groupAdd, ['empty']);
    expect((await server.run(groupList, [])).value).toMatchObject([
      {name: 'family', guid: value.guid, members: ['ann', 'locations/attic']},
      {name: 'empty', members: []},
    ]);
    await server.run(groupRemove, ['family']);
    await server.run(groupRemove, ['empty']);
    expect(await server.read()).toBe(accounts);
  });

  test('members come and go, each once', async () => {
    const server = await accountServer(accounts);
    await server.run(groupAdd, ['family']);
    const empty = await server.read();
    const members = async () => (await server.run(groupList, [])).value[0].members;
    expect((await server.run(groupAddMember, ['family', ['ann', 'bob']])).value.changed).toBe(true);
    expect((await server.run(groupAddMember, ['family', ['ann']])).value.changed).toBe(false);
    expect(await members()).toEqual(['ann', 'bob']);
    expect((await server.run(groupRemoveMember, ['family', ['ann', 'bob']])).value.changed).toBe(true);
    expect((await server.run(groupRemoveMember, ['family', ['ann']])).value.changed).toBe(false);
    expect(await members()).toEqual([]);
    expect((await server.read()).replace(/<members>\s*<\/members>/, '<members/>')).toBe(empty);
  });

  test('a group can be in another, but not in itself by any way round', async () => {
    const server = await accountServer(accounts);
    await server.run(groupAdd, ['inner'], {member: ['ann']});
    await server.run(groupAdd, ['outer'], {member: ['groups/inner']});
    expect((await server.directory()).groupsOf('ann').map(({uids}) => uids[0])).toEqual(['inner', 'outer']);
    expect((await server.refused(groupAddMember, ['inner', ['groups/outer']])).message).toMatch(/outer cannot be in inner/);
    expect((await server.refused(groupAddMember, ['inner', ['inner']])).message).toMatch(/itself/);
  });

  test('who is not there is named with the nearest', async () => {
    const server = await accountServer(accounts);
    await server.run(groupAdd, ['family']);
    expect((await server.refused(groupAddMember, ['family', ['bbo']])).fix).toBe('Is “bob” meant?');
    expect((await server.refused(groupRemove, ['famly'])).fix).toBe('Is “family” meant?');
    expect((await server.refused(groupAdd, ['family'])).message).toMatch(/already/);
    expect((await server.run(groupAdd, ['a/b'])).code).toBe(64);
  });
});
