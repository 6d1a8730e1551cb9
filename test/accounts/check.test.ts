import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {checkAccounts} from '../../src/accounts/check.ts';
import {hashPassword} from '../../src/accounts/password.ts';
import {printDtd} from '../../src/accounts/vocabulary.ts';

const guid = '<guid>11111111-1111-4111-8111-111111111111</guid>';
const hash = `<password hash="argon2id">${await hashPassword('x')}</password>`;

function findings(records: string, realm = 'R') {
  return checkAccounts(`<accounts realm="${realm}">\n${records}</accounts>`, 'f');
}

describe('what a person should mend in accounts.xml', () => {
  test('nothing, where all is well', () => {
    const all = `<user><uid>ann@home</uid>${guid}${hash}<name>Ann</name><email-address>ann@example.com</email-address>
      <cuaddr>mailto:a@example.com</cuaddr></user>
      <group><uid>g</uid><guid>G</guid><members><member>ann@home</member></members></group>`;
    expect(findings(all)).toEqual([]);
  });

  test.each([
    [`<user><uid>a</uid>${guid}</user>`, /no password and cannot log in/, 'caldav user passwd a'],
    [`<user><uid>a</uid>${guid}<password/></user>`, /empty password/, 'caldav user passwd a'],
    [`<user><uid>a</uid>${guid}<password>vK3-mmp-qq81</password></user>`, /plain text$/, 'caldav user passwd a'],
    [`<user><uid>a</uid>${guid}<password>hello123</password></user>`, /plain text and is one of those/, 'caldav user passwd a'],
    [
      `<user><uid>a</uid>${guid}<password hash="argon2id">$x</password></user>`,
      /hash of “a” cannot be read/,
      'caldav user passwd a',
    ],
    [
      `<user><uid>a</uid>${guid}<password hash="bcrypt">$x</password></user>`,
      /hash="bcrypt" of <password> is not known/,
      'It may be argon2id.',
    ],
    [`<user><uid>a</uid>${guid}<ha1>12</ha1></user>`, /the MD5 <ha1> of “a” is not one/, 'caldav user passwd a --digest'],
    [`<user><uid>a</uid>${guid}<ha1 realm="old">${'0'.repeat(32)}</ha1></user>`, /realm “old”/, 'caldav user passwd a --digest'],
    [
      `<user><uid>a</uid>${guid}${hash}<ha1 uid="b">${'0'.repeat(32)}</ha1></user>`,
      /does not have/,
      'caldav user passwd a --digest',
    ],
    [`<user><uid>a:b</uid>${guid}${hash}</user>`, /colon/, 'Choose another short name.'],
    [`<user><uid>a</uid>${hash}</user>`, /“a” has no <guid>/, /<guid>[0-9A-F-]{36}<\/guid>/],
    [`<user><uid>a</uid>${guid}${hash}<email-address>ann</email-address></user>`, /no e-mail address/, /example/],
    [`<user><uid>a</uid>${guid}${hash}<cuaddr>a@example.com</cuaddr></user>`, /no URI/, /mailto:a@example.com/],
    [`<user><uid>a</uid>${guid}${hash}<nmae>A</nmae></user>`, /<user> cannot hold <nmae>/, 'Write <name> instead.'],
    [`<user><uid>a</uid>${guid}${hash}<member>b</member></user>`, /cannot hold <member>/, /<members>/],
    [`<user><uid>a</uid>${guid}${hash}<name>A</name><name>B</name></user>`, /<name> twice/, 'Remove one of them.'],
    [`<user><uid>a</uid>${guid}${hash}stray</user>`, /text “stray”/, /Remove/],
    [`<user repaet="2"><uid>a</uid>${guid}${hash}</user>`, /no attribute repaet=/, 'Write repeat= instead.'],
    ['<users/>', /cannot hold <users>/, 'Write <user> instead.'],
    [`<group><uid>g</uid>${guid}<password>x</password></group>`, /group cannot log in/, 'Remove the element.'],
    [
      `<group><uid>g</uid>${guid}<members><member>x</member></members></group>`,
      /names “x”, but there is no such record among the users/,
      /Remove/,
    ],
    [
      `<group><uid>g</uid>${guid}<members><member>g</member></members></group>`,
      /names “g”, but there is no such record/,
      'Write type="groups".',
    ],
    [`<group><uid>g</uid>${guid}<members><member type="people">g</member></members></group>`, /type="people"/, /users, groups/],
  ])('%s', (records, message, fix) => {
    const found = findings(records);
    expect(found.map(({level}) => level)).not.toContain('error');
    const one = found.find(finding => message.test(finding.message));
    expect(one, JSON.stringify(found)).toBeDefined();
    expect(one!.line).toBe(2);
    if (typeof fix === 'string') expect(one!.fix).toBe(fix);
    else expect(one!.fix).toMatch(fix);
  });

  test('an address that two have is named with both', () => {
    const one = (uid: string, id: string) =>
      `<user><uid>${uid}</uid><guid>${id}</guid>${hash}<email-address>A@x.org</email-address></user>\n`;
    expect(findings(one('a', 'A') + one('b', 'B'))).toEqual([
      {
        level: 'warning',
        line: 3,
        message: '“a@x.org” is an address of both “a” (line 2) and “b”',
        fix: expect.stringMatching(/one of them/),
      },
    ]);
  });

  test('what makes the file unusable is an error, all of it', () => {
    const twice = `<user><uid>a</uid>${guid}${hash}</user>\n`;
    expect(findings(twice + twice).map(({level, line}) => [level, line])).toEqual([
      ['error', 3],
      ['error', 3],
    ]);
    expect(checkAccounts('<accounts><user>\n</accounts>', 'f')).toMatchObject([{level: 'error', line: 2}]);
    expect(checkAccounts('<accounts>&x;</accounts>', 'f')[0]!.message).toMatch(/undefined entity/);
    expect(checkAccounts('<list/>', 'f')).toMatchObject([{level: 'error', line: 1, message: 'the file begins with <list>'}]);
  });

  test('a repeated record speaks once', () => {
    const found = findings(`<user repeat="50"><uid>u%02d</uid><guid>u%02d</guid><password>pass%02d</password></user>`);
    expect(found).toHaveLength(1);
  });

  test('a realm is missed', () => {
    expect(findings('', ' ')).toMatchObject([{message: 'there is no realm'}]);
  });
});

describe('templates/accounts.dtd', () => {
  test('says what the table says', () => {
    expect(readFileSync(join(import.meta.dirname, '../../templates/accounts.dtd'), 'utf8')).toBe(printDtd());
  });
});
