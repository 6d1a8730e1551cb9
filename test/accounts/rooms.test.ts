import {describe, expect, test} from 'vitest';
import {checkAccounts} from '../../src/accounts/check.ts';
import {removeRecord} from '../../src/accounts/edit.ts';
import {parseDirectory} from '../../src/accounts/load.ts';

const wrap = (records: string) => `<accounts realm="Home">\n${records}\n</accounts>\n`;
const room = (inside: string) => wrap(`<location><uid>attic</uid><guid>attic</guid>${inside}</location>`);
const attic = (inside: string) => parseDirectory(room(inside), 'accounts.xml').findByName('locations', 'attic');

describe('accounts.xml: rooms and things', () => {
  test.each([
    ['', 'none'],
    ['<auto-schedule/>', 'automatic'],
    ['<auto-schedule-mode>accept-always</auto-schedule-mode>', 'accept-always'],
    ['<auto-schedule/><auto-schedule-mode>none</auto-schedule-mode>', 'none'],
    ['<auto-schedule-mode>accept-if-free-decline-if-busy</auto-schedule-mode>', 'automatic'],
    ['<auto-schedule-mode>default</auto-schedule-mode>', 'automatic'],
  ])('%s is the mode %s', (inside, mode) => {
    expect(attic(inside)).toMatchObject({autoScheduleMode: mode, autoSchedule: mode !== 'none'});
  });

  test('a mode that is none keeps the file from being used, and the nearest is named', () => {
    const [finding] = checkAccounts(room('<auto-schedule-mode>automatc</auto-schedule-mode>'), 'accounts.xml');
    expect(finding).toMatchObject({level: 'error', fix: 'Write automatic.'});
  });

  test('people answer for themselves, whatever stands in their records', () => {
    const directory = parseDirectory(wrap('<user><uid>ann</uid><auto-schedule/></user>'), 'accounts.xml');
    expect(directory.findByName('users', 'ann')).toMatchObject({autoSchedule: false, autoScheduleMode: 'none'});
  });

  test('a group whose members are accepted is found by its short name, and forgotten with it', () => {
    const text = wrap(
      '<group><uid>staff</uid><guid>staff</guid></group>\n<resource><uid>car</uid><auto-accept-group>staff</auto-accept-group></resource>',
    );
    expect(parseDirectory(text, 'accounts.xml').findByName('resources', 'car')).toMatchObject({autoAcceptGroup: 'staff'});
    expect(removeRecord(text, 'accounts.xml', {type: 'groups', uid: 'staff'})).not.toContain('staff');
    expect(checkAccounts(text.replace('>staff</auto', '>staf</auto'), 'accounts.xml').map(({message}) => message)).toContainEqual(
      '“car” names “staf”, but there is no such record among the groups',
    );
  });

  test('where a room is, and how many it holds; what cannot be read is left out and said', () => {
    const inside =
      '<capacity>12</capacity><floor>2</floor><building>Old mill</building><street-address>1 Mill Lane</street-address>' +
      '<geographic-location>geo:48.2010,16.3695,183</geographic-location>';
    expect(attic(inside)?.place).toEqual({
      capacity: 12,
      floor: '2',
      building: 'Old mill',
      streetAddress: '1 Mill Lane',
      geographicLocation: 'geo:48.2010,16.3695,183',
    });
    expect(attic('<capacity>many</capacity><floor> </floor>')?.place).toBeUndefined();
    expect(checkAccounts(room('<capacity>many</capacity>'), 'accounts.xml').map(({message}) => message)).toContain(
      '“many” is not a number of people; it is ignored',
    );
  });
});
