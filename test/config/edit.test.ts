import {chmodSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {beforeEach, describe, expect, test} from 'vitest';
import {editConfig, setConfigValue} from '../../src/config/edit.ts';
import {keys} from '../../src/config/keys.ts';
import {getConfigValue, listSettings} from '../../src/config/list.ts';
import {parsePlist} from '../../src/config/plist-source.ts';
import {temporaryFolder} from '../support/temporary.ts';

const text = `<?xml version="1.0" encoding="UTF-8"?>
<!-- my server -->
<plist version="1.0">
<dict>

    <!-- the ports -->
    <key>HTTPPort</key>
    <integer>8008</integer> <!-- not 80 -->

    <key>Authentication</key>
    <dict>
        <key>Basic</key>  <dict><key>Enabled</key><true/></dict>
    </dict>
    <key>AdminPrincipals</key>
    <array/>
</dict>
</plist>
`;

describe('editConfig', () => {
  test('a value is replaced where it stands', () => {
    expect(editConfig(text, 'f', 'HTTPPort', 80)).toBe(text.replace('>8008<', '>80<'));
    expect(editConfig(text, 'f', 'Authentication.Basic.Enabled', false)).toBe(text.replace('<true/>', '<false/>'));
    expect(editConfig(text, 'f', 'AdminPrincipals', ['/a/', '/b&c/'])).toBe(
      text.replace('    <array/>', '    <array>\n        <string>/a/</string>\n        <string>/b&amp;c/</string>\n    </array>'),
    );
  });

  test('the value that is there already changes nothing', () => {
    expect(editConfig(text, 'f', 'HTTPPort', 8008)).toBe(text);
  });

  test('a missing key comes at the end of its dictionary, as its neighbours stand', () => {
    expect(editConfig(text, 'f', 'SSLPort', 8443)).toBe(
      text.replace('    <array/>\n', '    <array/>\n    <key>SSLPort</key>\n    <integer>8443</integer>\n'),
    );
    expect(editConfig(text, 'f', 'Authentication.Digest.Enabled', true)).toBe(
      text.replace(
        '<true/></dict>\n',
        '<true/></dict>\n        <key>Digest</key>\n        <dict>\n            <key>Enabled</key>\n            <true/>\n        </dict>\n',
      ),
    );
    expect(editConfig(text, 'f', 'Authentication.Basic.AllowedOverWireUnencrypted', true)).toContain(
      '<true/>\n            <key>AllowedOverWireUnencrypted</key>\n            <true/>\n        </dict>\n',
    );
    expect(editConfig('<plist><dict/></plist>', 'f', 'HTTPPort', 1)).toBe(
      '<plist><dict>\n  <key>HTTPPort</key>\n  <integer>1</integer>\n</dict></plist>',
    );
  });

  test('whatever is set, all comments and all other values stay', () => {
    const rows = keys.filter(({type}) => type !== 'dict');
    const value = fc.oneof(
      fc.string({unit: 'grapheme'}).map(raw => raw.replace(/[\u0000-\u0008\u000b-\u001f\ufffd-\uffff]/g, '')),
      fc.nat(),
      fc.boolean(),
      fc.array(fc.string({unit: 'grapheme-ascii'})),
    );
    const comments = (source: string) => source.match(/<!--.*?-->/gs);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...rows), value), {minLength: 1, maxLength: 6}),
        fc.constantFrom(
          text,
          text.replaceAll('\n', '\r\n'),
          text.replaceAll('    ', '\t'),
          '<plist><dict><!-- a --></dict></plist>',
        ),
        (changes, start) => {
          let source = start;
          const expected = new Map<string, unknown>();
          for (const [{key}, to] of changes) {
            source = editConfig(source, 'f', key, to);
            expected.set(key, to);
          }
          expect(comments(source)).toEqual(comments(start));
          for (const [key, to] of expected) {
            expect(
              key.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], parsePlist(source).value),
            ).toEqual(to);
          }
          for (const {key} of parsePlist(start).entries)
            expect(parsePlist(source).entries.map(entry => entry.key)).toContain(key);
        },
      ),
    );
  });
});

describe('setConfigValue', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder, 'caldavd.plist');
    writeFileSync(file, text);
    chmodSync(file, 0o640);
  });

  test('what a person types becomes a value of the key’s type, and the file keeps its mode', async () => {
    expect(await setConfigValue(file, 'HTTPPort', '8080')).toBe(true);
    expect(await setConfigValue(file, 'RedirectHTTPToHTTPS', 'yes')).toBe(true);
    expect(await setConfigValue(file, 'BindAddresses', '127.0.0.1, ::1')).toBe(true);
    expect(await setConfigValue(file, 'RejectClients', '^a{1,2}$')).toBe(true);
    expect(await setConfigValue(file, 'BindHTTPPorts', '[8080]')).toBe(true);
    expect(await setConfigValue(file, 'HTTPPort', '8080')).toBe(false);
    expect(parsePlist(readFileSync(file, 'utf8')).value).toMatchObject({
      HTTPPort: 8080,
      RedirectHTTPToHTTPS: true,
      BindAddresses: ['127.0.0.1', '::1'],
      RejectClients: ['^a{1,2}$'],
      BindHTTPPorts: [8080],
    });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['caldavd.plist']);
  });

  test.each([
    ['HTTPPort', 'eighty', 'HTTPPort must be a port number from 0 to 65535, and is the text “eighty”.'],
    ['HTTPort', '80', 'HTTPort is no key of caldavd.plist.'],
    ['EnableKeepAlive', 'maybe', 'EnableKeepAlive must be true or false, and is the text “maybe”.'],
    ['Aliases', '{}', 'Aliases is a dictionary, which cannot be typed in one line.'],
  ])('%s %s is refused and nothing changed', async (key, value, message) => {
    await expect(setConfigValue(file, key, value)).rejects.toMatchObject({name: 'UserError', message});
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('a file that is wrong elsewhere is not touched, but its wrong key can be mended', async () => {
    const wrong = text.replace('<integer>8008</integer>', '<string>no</string>');
    writeFileSync(file, wrong);
    await expect(setConfigValue(file, 'SSLPort', '8443')).rejects.toMatchObject({
      message: expect.stringContaining('line 7: HTTPPort must be'),
    });
    expect(readFileSync(file, 'utf8')).toBe(wrong);
    expect(await setConfigValue(file, 'HTTPPort', '8008')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('get answers what the file or the default has, for a group all of it', () => {
    expect(getConfigValue(file, 'HTTPPort')).toBe(8008);
    expect(getConfigValue(file, 'PIDFile')).toBe('run/caldavd.pid');
    expect(getConfigValue(file, 'Authentication.Basic')).toEqual({Enabled: true, AllowedOverWireUnencrypted: false});
    expect(() => getConfigValue(file, 'HTTPport')).toThrow('HTTPport is no key of caldavd.plist.');
  });

  test('list says which values are the file’s own', () => {
    const own = listSettings(file).filter(({isDefault}) => !isDefault);
    expect(own.map(({row, value}) => [row.key, value])).toEqual([
      ['HTTPPort', 8008],
      ['AdminPrincipals', []],
      ['Authentication.Basic.Enabled', true],
    ]);
  });
});
