import {describe, expect, test} from 'vitest';
import {parseServerInfo, withFeatures} from '../../src/tester/server-info.ts';

const sample = `<?xml version="1.0"?>
<!DOCTYPE serverinfo SYSTEM "serverinfo.dtd">
<serverinfo>
  <host>cal.example.com</host><nonsslport>8008</nonsslport><sslport>8443</sslport>
  <waitcount>7</waitcount><waitdelay>0.5</waitdelay>
  <features><feature>caldav</feature><feature>quota</feature></features>
  <substitutions>
    <substitution><key>$root:</key><value>/</value></substitution>
    <repeat count="12"><substitution><key>$userid%d:</key><value>user%02d</value></substitution>
    <substitution><key>$name%d:</key><value>User%%20%03d</value></substitution></repeat>
    <substitution><key>$userid2:</key><value>other</value></substitution>
  </substitutions>
  <calendardatafilter>X-WR-CALNAME</calendardatafilter>
</serverinfo>`;

describe('serverinfo.xml', () => {
  test('an authtype that is not spoken here is refused, and not taken for Basic', () => {
    const digest = sample.replace('<features>', '<authtype>digest</authtype><features>');
    expect(() => parseServerInfo(digest, 'x')).toThrow('In x, <authtype> is digest, and only Basic is spoken here.');
  });

  test('says where the server is and how long to wait, with defaults for what is missing', () => {
    expect(parseServerInfo(sample, 'x')).toMatchObject({
      host: 'cal.example.com',
      port: 8008,
      sslPort: 8443,
      waitCount: 7,
      waitDelayMs: 500,
      waitSuccessMs: 10_000,
      calendarDataFilters: ['X-WR-CALNAME'],
    });
  });

  test('repeats substitutions with the number in key and value; a later one stands', () => {
    const {substitutions} = parseServerInfo(sample, 'x');
    expect(substitutions.get('$userid12:')).toBe('user12');
    expect(substitutions.get('$name3:')).toBe('User%20003');
    expect(substitutions.get('$userid2:')).toBe('other');
    expect(substitutions.has('$userid13:')).toBe(false);
  });

  test('features are added and taken away', () => {
    const {features} = withFeatures(parseServerInfo(sample, 'x'), ['+brief', '-quota', 'ctag']);
    expect([...features].sort()).toEqual(['brief', 'caldav', 'ctag']);
  });

  test('what is not XML, or something else, is said with the file', () => {
    expect(() => parseServerInfo('<serverinfo>', 'a.xml')).toThrow(/^a\.xml is not XML: .*[^.]\.$/);
    expect(() => parseServerInfo('<caldavtest/>', 'a.xml')).toThrow('a.xml is no serverinfo file: its root is caldavtest');
    expect(() => parseServerInfo('<serverinfo><sslport>x</sslport></serverinfo>', 'a.xml')).toThrow('<sslport> is no number');
  });
});
