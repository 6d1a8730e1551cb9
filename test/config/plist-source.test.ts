import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parsePlist} from '../../src/config/plist-source.ts';

const plist = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${body}
</plist>
`;

describe('where things stand in a property list', () => {
  test('each value is found by its dotted key, with its line', () => {
    const {text, entries, value} = parsePlist(
      plist(`<dict>
  <!-- <key>HTTPPort</key> is spoken of here -->
  <key>HTTPPort</key> <integer>8008</integer>
  <key>Authentication</key>
  <dict>
    <key>Basic</key><dict><key>Enabled</key><true/></dict>
  </dict>
  <key>BindAddresses</key><array/>
</dict>`),
    );
    expect(entries.map(({key, line, start, end}) => [key, line, text.slice(start, end).replace(/\s+/g, ' ')])).toEqual([
      ['HTTPPort', 6, '<integer>8008</integer>'],
      ['Authentication', 7, '<dict> <key>Basic</key><dict><key>Enabled</key><true/></dict> </dict>'],
      ['Authentication.Basic', 9, '<dict><key>Enabled</key><true/></dict>'],
      ['Authentication.Basic.Enabled', 9, '<true/>'],
      ['BindAddresses', 11, '<array/>'],
    ]);
    expect(value).toEqual({HTTPPort: 8008, Authentication: {Basic: {Enabled: true}}, BindAddresses: []});
  });

  test('positions hold whatever the line ends and characters are', () => {
    const text = fc
      .string({unit: 'grapheme'})
      .map(raw => raw.replace(/[<>&\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd-\uffff]/g, ''));
    fc.assert(
      fc.property(fc.array(text, {minLength: 1, maxLength: 5}), fc.constantFrom('\n', '\r\n', ' '), (texts, end) => {
        const pairs = texts.map((raw, at) => `<key>k${at}</key>${end}<!-- ${end} 𝄞 -->${end}<string>${raw}</string>`);
        const source = parsePlist(plist(`<dict>${end}${pairs.join(end)}${end}</dict>`));
        expect(source.entries.map(({start, end}) => source.text.slice(start, end))).toEqual(
          texts.map(raw => `<string>${raw}</string>`),
        );
      }),
    );
  });

  test.each([
    ['<dict><key>a</key></dict>', 4, 'the key a has no value'],
    ['<dict>\n<key>a</key><key>b</key><true/></dict>', 5, 'the key a has no value'],
    ['<dict><true/></dict>', 4, '<true> stands where a <key> is due'],
    ['<dict><key>a</key><true/>\n<key>a</key><false/></dict>', 5, 'the key a is there twice'],
    ['<dict><key>a</key>\n<integer>eight</integer></dict>', 5, '“eight” is no <integer>'],
    ['<array/>', 4, '<plist> must hold one <dict>'],
    ['<dict><key>a</key><boolean/></dict>', 4, '<boolean> is no element of a property list'],
    ['', 5, 'there is no <dict> in it'],
  ])('%j is refused at its line', (body, line, message) => {
    expect(() => parsePlist(plist(body))).toThrow(expect.objectContaining({name: 'PlistError', line, message}));
  });

  test('what is no XML is refused with its line', () => {
    expect(() => parsePlist('<plist>\n<dict>\n</plist>')).toThrow(expect.objectContaining({name: 'PlistError', line: 3}));
  });
});
