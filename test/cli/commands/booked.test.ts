import {describe, expect, test} from 'vitest';
import {locationAdd, resourceAdd} from '../../../src/cli/commands/booked-add.ts';
import {locationEdit} from '../../../src/cli/commands/booked-edit.ts';
import {locationList, resourceList} from '../../../src/cli/commands/booked-list.ts';
import {locationRemove} from '../../../src/cli/commands/booked-remove.ts';
import {locationShow} from '../../../src/cli/commands/booked-show.ts';
import {groupRemove} from '../../../src/cli/commands/group-remove.ts';
import {accountServer} from '../account-server.ts';

const accounts = `<accounts realm="Home">
  <!-- people -->
  <user><uid>ann</uid><guid>ann</guid></user>
  <group><uid>staff</uid><guid>staff</guid><members><member>ann</member></members></group>
  <!-- rooms -->
  <location>
    <uid>attic</uid>
    <guid>attic</guid>
    <auto-schedule/> <!-- since 2009 -->
  </location>
</accounts>
`;

describe('caldav location, caldav resource', () => {
  test('one that is added answers invitations by itself, unless it is told otherwise', async () => {
    const server = await accountServer(accounts);
    const {value} = await server.run(locationAdd, ['cellar'], {
      fullName: 'The cellar',
      email: ['Cellar@example.com'],
      capacity: '12',
      building: 'Old mill',
      geo: 'geo:48.2,16.37',
      proxy: ['ann'],
    });
    const place = {capacity: 12, building: 'Old mill', geographicLocation: 'geo:48.2,16.37'};
    expect(value).toMatchObject({name: 'cellar', emails: ['cellar@example.com'], autoScheduleMode: 'automatic', place});
    expect((await server.directory()).findByName('locations', 'cellar')).toMatchObject({proxies: ['ann'], guid: value.guid});
    expect((await server.run(resourceAdd, ['projector'], {autoSchedule: 'none'})).value.autoScheduleMode).toBe('none');
    expect((await server.run(locationList, [])).value).toMatchObject([
      {name: 'attic', autoScheduleMode: 'automatic'},
      {name: 'cellar', fullName: 'The cellar', place},
    ]);
    expect((await server.run(resourceList, [])).value).toMatchObject([{name: 'projector', autoScheduleMode: 'none'}]);
  });

  test('each of what it is can be changed and taken away; comments stay', async () => {
    const server = await accountServer(accounts);
    const edit = (options: Record<string, unknown>) => server.run(locationEdit, ['attic'], options);
    const attic = async () => (await server.directory()).findByName('locations', 'attic')!;
    expect((await edit({autoSchedule: 'automatic'})).value.changed).toBe(false);
    expect((await edit({autoSchedule: 'decline-always', autoAcceptGroup: 'staff', floor: '2'})).value.changed).toBe(true);
    expect(await attic()).toMatchObject({autoScheduleMode: 'decline-always', autoAcceptGroup: 'staff', place: {floor: '2'}});
    expect((await server.run(locationShow, ['attic'])).value).toMatchObject({
      type: 'locations',
      autoScheduleMode: 'decline-always',
      autoAcceptGroup: 'staff',
      floor: '2',
    });
    await server.run(groupRemove, ['staff']);
    expect((await attic()).autoAcceptGroup).toBeUndefined();
    await edit({autoSchedule: 'none', floor: ''});
    expect(await attic()).toMatchObject({autoSchedule: false, autoScheduleMode: 'none'});
    expect((await attic()).place).toBeUndefined();
    const kept = await server.read();
    for (const comment of ['people', 'rooms', 'since 2009']) expect(kept).toContain(`<!-- ${comment} -->`);
  });

  test('what cannot be is refused with what could, and changes nothing', async () => {
    const server = await accountServer(accounts);
    const wrong = async (options: Record<string, unknown>) => (await server.run(locationEdit, ['attic'], options)).value;
    expect((await wrong({autoSchedule: 'sometimes'})).fix).toMatch(/accept-if-free/);
    expect((await wrong({capacity: 'many'})).error).toBe('“many” is not a number of people.');
    expect((await wrong({geo: 'Vienna'})).error).toMatch(/geo: URI/);
    expect((await wrong({})).error).toMatch(/nothing to change/);
    expect((await server.refused(locationEdit, ['atic'], {floor: '1'})).fix).toBe('Is “attic” meant?');
    expect((await server.refused(locationEdit, ['ann'], {floor: '1'})).message).toMatch(/There is no location “ann”/);
    expect((await server.refused(locationEdit, ['attic'], {autoAcceptGroup: 'staf'})).fix).toBe('Is “staff” meant?');
    expect((await server.refused(locationAdd, ['attic'], {})).message).toMatch(/already/);
  });

  test('it is removed as an account is', async () => {
    const server = await accountServer(accounts);
    expect((await server.run(locationRemove, ['attic'])).code).toBe(64);
    expect((await server.run(locationRemove, ['attic'], {keepData: true})).value).toMatchObject({name: 'attic', removed: true});
    expect((await server.directory()).findByName('locations', 'attic')).toBeUndefined();
  });
});
