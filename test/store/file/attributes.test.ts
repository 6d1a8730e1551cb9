import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {getAttributeSync, listAttributesSync, setAttributeSync} from 'fs-xattr';
import {describe, expect, onTestFinished, test} from 'vitest';
import {attributeOf, isHashed, propertyOf} from '../../../src/store/file/attribute-names.ts';
import {keptFrom, readAttributes, textsOf, writeAttributes} from '../../../src/store/file/attributes.ts';
import {createdOf, newResourceId} from '../../../src/store/file/resource-id.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {caldav, dav, type Name} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);
const prefix = process.platform === 'darwin' ? '' : 'user.';

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caldav-attributes-'));
  onTestFinished(() => rmSync(folder, {recursive: true}));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  return file;
}

/** Text that deflates badly. */
const noise = (length: number) => {
  let state = 1;
  return Array.from({length}, () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
};

describe('attribute names', () => {
  test("are CalendarServer's: WebDAV:{namespace}name, percent-quoted save { } :", () => {
    expect(attributeOf(dav('displayname'))).toBe(`${prefix}WebDAV:{DAV:}displayname`);
    expect(attributeOf('{http://apple.com/ns/ical/}calendar-color')).toBe(
      `${prefix}WebDAV:{http:%2F%2Fapple.com%2Fns%2Fical%2F}calendar-color`,
    );
  });

  test('lead back to the property, whatever is in it', () => {
    const odd: Name[] = ['{}plain', '{é ü}ñ', '{a}b}c', '{%2F}x', '{a#b}c', '{x\u{1f4c5}}y'];
    for (const name of odd) expect(propertyOf(attributeOf(name))).toBe(name);
    expect(propertyOf('user.other')).toBeUndefined();
  });

  test('too long ones are hashed', () => {
    const name: Name = `{${'long'.repeat(100)}}name`;
    expect(isHashed(attributeOf(name))).toBe(true);
    expect(Buffer.byteLength(attributeOf(name))).toBeLessThanOrEqual(255);
    expect(attributeOf(name)).not.toBe(attributeOf(`${name}r`));
  });
});

describe('attributes of a file', () => {
  test('what is written is read: id, types, properties of any name and length', () => {
    const file = temporaryFile();
    const kept = {
      resourceId: newResourceId(1_700_000_000_000),
      types: [caldav('calendar'), '{x:}y' as const],
      properties: new Map<Name, string>([
        [dav('displayname'), '<displayname xmlns="DAV:">Zoë &amp; co</displayname>'],
        [`{${'long'.repeat(100)}}name`, '<name/>'],
        ['{x:}deflated', `<deflated xmlns="x:">${'again and '.repeat(500)}</deflated>`],
      ]),
    };
    expect(writeAttributes(file, textsOf(kept)).size).toBe(0);
    const read = keptFrom(readAttributes(file));
    expect({...read, properties: new Map([...read.properties].sort())}).toEqual({
      ...kept,
      properties: new Map([...kept.properties].sort()),
    });
    expect(createdOf(read.resourceId)).toBe(1_700_000_000_000);
  });

  test("those no longer wanted go, others' stay", () => {
    const file = temporaryFile();
    setAttributeSync(file, 'user.mine', 'x');
    writeAttributes(
      file,
      new Map([
        [dav('a'), '<a/>'],
        [dav('b'), '<b/>'],
      ]),
    );
    writeAttributes(file, new Map([[dav('b'), '<c/>']]));
    expect([...readAttributes(file)]).toEqual([[dav('b'), '<c/>']]);
    expect(getAttributeSync(file, 'user.mine').toString()).toBe('x');
  });

  test('what finds no room is answered, what found it is there', () => {
    const file = temporaryFile();
    const texts = new Map<Name, string>([
      [dav('small'), '<small/>'],
      ['{x:}huge', `<huge>${noise(300_000)}</huge>`],
    ]);
    const left = writeAttributes(file, texts);
    expect([...left.keys()]).toEqual(['{x:}huge']);
    expect(new Map([...readAttributes(file), ...left])).toEqual(texts);
  });
});

describe("the store's files", () => {
  test('are byte for byte what was put, with attributes that people can read, readable by no stranger', async () => {
    const {store, reopen, folder} = await openTemporary();
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    await store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
    await store.write(ann, unit =>
      unit.put('work/a b.ics', bytes('uid\r\n'), undefined, new Map([[dav('displayname'), '<d/>']])),
    );
    await store.write(ann, unit => unit.setProperties('work', new Map([[dav('displayname'), '<work/>']])));
    await reopen();
    const home = folder(ann);
    expect(home).toMatch(/calendars\/__uids__\/a0\/00\/a0000000-0000-4000-8000-000000000001$/);
    expect(readFileSync(join(home, 'work', 'a b.ics'), 'utf8')).toBe('uid\r\n');
    const shown = (...path: string[]) => {
      const file = join(home, ...path);
      return Object.fromEntries(listAttributesSync(file).map(name => [name, getAttributeSync(file, name).toString()]));
    };
    const [object, collection] = [shown('work', 'a b.ics'), shown('work')];
    expect(object[`${prefix}WebDAV:{DAV:}displayname`]).toBe('<d/>');
    expect(object[`${prefix}WebDAV:{DAV:}resource-id`]).toMatch(/^urn:uuid:/);
    expect(collection[`${prefix}WebDAV:{DAV:}displayname`]).toBe('<work/>');
    expect(collection[`${prefix}WebDAV:{DAV:}resourcetype`]).toContain('calendar xmlns="urn:ietf:params:xml:ns:caldav"');
    const mode = (...path: string[]) => (statSync(join(home, ...path)).mode & 0o777).toString(8);
    expect([mode(), mode('work'), mode('work', 'a b.ics'), mode('.home.sqlite')]).toEqual(['750', '750', '640', '640']);
  });

  test("a property too big for the disk's attributes is kept beside the file, and comes back with the index lost", async () => {
    const {store, reopen, folder} = await openTemporary();
    const huge = `<huge xmlns="x:">${noise(200_000)}</huge>`;
    await store.createHome(ann, unit => {
      unit.createCollection('work', [caldav('calendar')], new Map([['{x:}huge', huge]]));
      unit.put(
        'work/a.ics',
        bytes('a 1 2'),
        undefined,
        new Map([
          ['{x:}huge', huge],
          [dav('small'), '<small/>'],
        ]),
      );
    });
    await store.write(ann, unit => unit.setProperties('', new Map([['{x:}huge', huge]])));
    await store.close();
    const home = folder(ann);
    expect(readdirSync(join(home, 'work')).sort()).toEqual(['.a.ics.properties', 'a.ics']);
    rmSync(join(home, '.home.sqlite'));
    const again = await reopen();
    const view = (await again.view(ann))!;
    for (const path of ['', 'work', 'work/a.ics']) expect(view.find(path)?.properties.get('{x:}huge')).toBe(huge);
    expect(view.find('work/a.ics')?.properties.get(dav('small'))).toBe('<small/>');
    expect([...view.members('work')].map(({path}) => path)).toEqual(['work/a.ics']);
    await again.write(ann, unit => unit.setProperties('work/a.ics', new Map([['{x:}huge', undefined]])));
    await again.write(ann, unit => unit.delete('work'));
    await again.close();
    expect(existsSync(join(home, 'work'))).toBe(false);
    expect(readdirSync(home).filter(name => name.includes('work'))).toEqual([]);
  });
});
