import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {findScripts} from '../../src/tester/find-scripts.ts';
import {temporaryFolder} from '../support/temporary.ts';

async function scripts() {
  const folder = await temporaryFolder();
  for (const name of ['CalDAV', 'CardDAV', 'Resource']) await mkdir(join(folder, name));
  for (const name of ['CalDAV/errors', 'CardDAV/errors', 'CalDAV/put', 'Resource/body']) {
    await writeFile(join(folder, `${name}.xml`), '<?xml version="1.0"?>\n<caldavtest/>');
  }
  await writeFile(join(folder, 'serverinfo.xml'), '<serverinfo/>');
  return folder;
}

const names = (folder: string, asked: string[]) => findScripts(folder, asked).map(({name}) => name);

test('all scripts in a folder, and no other XML', async () => {
  expect(names(await scripts(), [])).toEqual(['CalDAV/errors', 'CalDAV/put', 'CardDAV/errors']);
});

test('by name, by path in the folder, by folder, by file', async () => {
  const folder = await scripts();
  expect(names(folder, ['put', 'CardDAV/errors.xml'])).toEqual(['CalDAV/put', 'CardDAV/errors']);
  expect(names(folder, ['CalDAV'])).toEqual(['CalDAV/errors', 'CalDAV/put']);
  expect(names(await temporaryFolder(), [join(folder, 'CalDAV/put.xml')])).toEqual([join(folder, 'CalDAV/put')]);
});

test('one that is broken is found with the reason, and the others with it', async () => {
  const folder = await scripts();
  await writeFile(join(folder, 'CalDAV/broken.xml'), '<caldavtest><start></caldavtest>');
  const found = findScripts(folder, ['CalDAV']);
  expect(found.map(({name, script}) => [name, script !== undefined])).toEqual([
    ['CalDAV/broken', false],
    ['CalDAV/errors', true],
    ['CalDAV/put', true],
  ]);
  expect(found[0]!.broken).toMatch(/broken\.xml is not XML: /);
});

test('one that is not there, with the nearest that is', async () => {
  const folder = await scripts();
  expect(() => findScripts(folder, ['CalDAV/eror'])).toThrow(expect.objectContaining({fix: 'Did you mean CalDAV/errors?'}));
  expect(() => findScripts(join(folder, 'missing'), [])).toThrow('There is no folder');
});
