import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {CommandIo} from '../../../src/cli/command.ts';
import {configGet} from '../../../src/cli/commands/config-get.ts';
import {configList} from '../../../src/cli/commands/config-list.ts';
import {configSet} from '../../../src/cli/commands/config-set.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const plist = `<plist version="1.0">
<dict>
  <key>HTTPPort</key> <!-- ours -->
  <integer>8008</integer>
</dict>
</plist>
`;

async function terminal() {
  const dir = await temporaryFolder();
  const configFile = join(dir, 'caldavd.plist');
  await writeFile(configFile, plist);
  const said: {values: unknown[]; texts: string[]; notes: string[]} = {values: [], texts: [], notes: []};
  const io: CommandIo = {
    dir,
    configFile,
    out: {
      json: false,
      interactive: false,
      animated: false,
      line: text => void said.texts.push(text ?? ''),
      result(value, text) {
        said.values.push(value);
        said.texts.push(text);
      },
      note: text => void said.notes.push(text),
    },
  };
  return {io, said};
}

test('config get prints the value alone', async () => {
  const {io, said} = await terminal();
  expect(await configGet.run(['HTTPPort'], {}, io)).toBe(0);
  await configGet.run(['BindAddresses'], {}, io);
  await configGet.run(['MultiProcess'], {}, io);
  expect(said.texts).toEqual(['8008', '', '{"ProcessCount":0}']);
  expect(said.values).toEqual([8008, [], {ProcessCount: 0}]);
});

test('config set changes the file and says so; a key without effect is named as such', async () => {
  const {io, said} = await terminal();
  expect(await configSet.run(['HTTPPort', '8080'], {}, io)).toBe(0);
  expect(await configSet.run(['HTTPPort', '8080'], {}, io)).toBe(0);
  expect(await readFile(io.configFile, 'utf8')).toBe(plist.replace('8008', '8080'));
  expect(said.values).toEqual([
    {key: 'HTTPPort', changed: true},
    {key: 'HTTPPort', changed: false},
  ]);
  expect(said.notes).toEqual([]);
  await configSet.run(['EnableSACLs', 'true'], {}, io);
  expect(said.notes).toEqual(['EnableSACLs is known, without effect here, because that system is no longer made.']);
});

test('config list shows each key with its meaning, and with --changed only what the file sets', async () => {
  const {io, said} = await terminal();
  await configList.run([], {}, io);
  expect(said.texts[0]).toMatch(/^HTTPPort +8008\n +Port for HTTP without encryption; 0: off\.$/m);
  expect(said.texts[0]).toMatch(/^SSLPort +0 {2}\(default\)$/m);
  await configList.run([], {changed: true}, io);
  expect(said.values[1]).toEqual([expect.objectContaining({key: 'HTTPPort', value: 8008, isDefault: false})]);
});
