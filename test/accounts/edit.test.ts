import {existsSync} from 'node:fs';
import {chmod, chown, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {beforeEach, describe, expect, test} from 'vitest';
import {parseAccounts} from '../../src/accounts/document.ts';
import {
  addRecord,
  addReference,
  editAccounts,
  removeRecord,
  removeReference,
  requireValid,
  setElements,
} from '../../src/accounts/edit.ts';
import {parseDirectory} from '../../src/accounts/load.ts';
import {UserError} from '../../src/base/user-error.ts';
import {temporaryFolder} from '../support/temporary.ts';

const sample = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE accounts SYSTEM "accounts.dtd">
<!-- Our house -->
<accounts realm="Home">

  <!-- the parents -->
  <user>
    <uid>ann</uid> <!-- she likes it short -->
    <guid>11111111-1111-4111-8111-111111111111</guid>
    <password>x</password>
    <name>Ann <!-- née Miller -->Smith</name>
    <email-address>ann@example.com</email-address>
    <!-- end of ann -->
  </user> <!-- ann is done -->
  <user><uid>bob</uid><name>Bob</name></user>

  <!-- rooms -->
  <location>
    <uid>attic</uid>
    <proxies><member>bob</member></proxies>
  </location>
  <group>
    <uid>all</uid>
    <members>
      <member>ann</member>
      <member>bob</member>
    </members>
  </group>
</accounts>
<!-- the end -->
`;

const user = (uid: string) => ({type: 'users', uid}) as const;

describe('an edit changes what it says and nothing else', () => {
  test('a record is added behind the last of its sort, behind that one’s comment', () => {
    const changed = addRecord(sample, 'f', 'users', [
      {name: 'name', text: 'Eve <eve> & "co"'},
      {name: 'uid', text: 'eve'},
    ]);
    const record = '  <user>\n    <uid>eve</uid>\n    <name>Eve &lt;eve&gt; &amp; &quot;co&quot;</name>\n  </user>\n';
    expect(changed).toBe(sample.replace('<name>Bob</name></user>\n', `<name>Bob</name></user>\n${record}`));
    expect(parseDirectory(changed, 'f').findByName('users', 'eve')?.fullName).toBe('Eve <eve> & "co"');
    const behindAnn = addRecord(sample.replace(/ {2}<user><uid>bob.*\n/, ''), 'f', 'users', [{name: 'uid', text: 'eve'}]);
    expect(behindAnn).toContain('</user> <!-- ann is done -->\n  <user>\n    <uid>eve</uid>\n  </user>\n');
  });

  test('the first of its sort is added at the end', () => {
    const changed = addRecord(sample, 'f', 'resources', [{name: 'uid', text: 'car'}]);
    expect(changed).toBe(sample.replace('</accounts>', '  <resource>\n    <uid>car</uid>\n  </resource>\n</accounts>'));
  });

  test.each([
    ['<accounts realm="R"/>', '<accounts realm="R">\n  <user>\n    <uid>a</uid>\n  </user>\n</accounts>'],
    ['<accounts></accounts>', '<accounts>\n  <user>\n    <uid>a</uid>\n  </user>\n</accounts>'],
    ['<accounts>\r\n</accounts>\r\n', '<accounts>\r\n  <user>\r\n    <uid>a</uid>\r\n  </user>\r\n</accounts>\r\n'],
    [
      '<accounts>\n<!-- none yet -->\n</accounts>',
      '<accounts>\n<!-- none yet -->\n  <user>\n    <uid>a</uid>\n  </user>\n</accounts>',
    ],
    [
      '<accounts>\n\t<group>\n\t\t<uid>g</uid>\n\t</group>\n</accounts>',
      '<accounts>\n\t<group>\n\t\t<uid>g</uid>\n\t</group>\n\t<user>\n\t\t<uid>a</uid>\n\t</user>\n</accounts>',
    ],
  ])('into %j', (before, after) => {
    expect(addRecord(before, 'f', 'users', [{name: 'uid', text: 'a'}])).toBe(after);
  });

  test('a record is removed with its line and where others name it', () => {
    expect(removeRecord(sample, 'f', user('bob'))).toBe(
      sample
        .replace('  <user><uid>bob</uid><name>Bob</name></user>\n', '')
        .replace('      <member>bob</member>\n', '')
        .replace('<member>bob</member>', ''),
    );
  });

  test('an element is replaced, added in its place, and removed', () => {
    const named = setElements(sample, 'f', user('ann'), 'name', [{name: 'name', text: 'Ann Jones'}]);
    expect(named).toBe(sample.replace('Ann <!-- née Miller -->Smith', 'Ann Jones<!-- née Miller -->'));
    const family = setElements(sample, 'f', user('ann'), 'last-name', [{name: 'last-name', text: 'Smith'}]);
    expect(family).toBe(sample.replace('Smith</name>\n', 'Smith</name>\n    <last-name>Smith</last-name>\n'));
    const guid = setElements(sample, 'f', user('bob'), 'guid', [{name: 'guid', text: 'B'}]);
    expect(guid).toBe(sample.replace('<uid>bob</uid>', '<uid>bob</uid><guid>B</guid>'));
    const none = setElements(sample, 'f', user('ann'), 'email-address', []);
    expect(none).toBe(sample.replace('    <email-address>ann@example.com</email-address>\n', ''));
    const same = setElements(sample, 'f', user('ann'), 'email-address', [{name: 'email-address', text: 'ann@example.com'}]);
    expect(same).toBe(sample);
  });

  test('of several elements those that stay do not move', () => {
    const emails = (...texts: string[]) => texts.map(text => ({name: 'email-address', text}));
    const three = setElements(
      sample,
      'f',
      user('ann'),
      'email-address',
      emails('ann@example.com', 'a@example.com', 'b@example.com'),
    );
    expect(three).toBe(
      sample.replace(
        'ann@example.com</email-address>\n',
        'ann@example.com</email-address>\n    <email-address>a@example.com</email-address>\n    <email-address>b@example.com</email-address>\n',
      ),
    );
    const two = setElements(three, 'f', user('ann'), 'email-address', emails('ann@example.com', 'c@example.com'));
    expect(two).toBe(three.replace('>a@', '>c@').replace('    <email-address>b@example.com</email-address>\n', ''));
  });

  test('a member is added once, with its type, and removed', () => {
    const group = {type: 'groups', uid: 'all'} as const;
    const added = addReference(sample, 'f', group, 'members', {type: 'locations', uid: 'attic'});
    expect(added).toBe(
      sample.replace('<member>bob</member>\n', '<member>bob</member>\n      <member type="locations">attic</member>\n'),
    );
    expect(addReference(added, 'f', group, 'members', {type: 'locations', uid: 'attic'})).toBe(added);
    expect(removeReference(added, 'f', group, 'members', 'locations', ['attic'])).toBe(sample);
    expect(removeReference(sample, 'f', group, 'members', 'users', ['nobody'])).toBe(sample);
    const first = addReference(
      '<accounts>\n  <group>\n    <uid>g</uid>\n  </group>\n</accounts>',
      'f',
      {type: 'groups', uid: 'g'},
      'members',
      user('a'),
    );
    expect(first).toContain('    <uid>g</uid>\n    <members>\n      <member>a</member>\n    </members>\n  </group>');
  });

  test('who is not there, or is one of a repeated record, cannot be changed', () => {
    expect(() => removeRecord(sample, 'f', user('nobody'))).toThrow('There is no user “nobody” in f.');
    const repeated = '<accounts><user repeat="3"><uid>u%d</uid></user></accounts>';
    expect(() => removeRecord(repeated, 'f', user('u2'))).toThrow(/one of several accounts/);
    expect(() => removeRecord(repeated, 'f', user('u4'))).toThrow(/There is no user/);
  });
});

describe('whatever the file looks like', () => {
  const comment = fc.stringMatching(/^[ \w<>&"'é😀-]{0,12}$/u).map(text => `<!--${text.replaceAll('-', '.')}-->`);
  const space = fc.oneof(
    fc.constantFrom('', ' ', '\n', '\n  ', '\n\n\t'),
    comment,
    fc.tuple(comment, fc.constantFrom('\n', ' ', '')).map(parts => parts.join('')),
  );
  const record = (uid: string) =>
    fc.tuple(space, space, space, space, fc.boolean()).map(([a, b, c, d, named]) => {
      const name = named ? `<name>N &amp; ${uid}</name>${d}` : '';
      return {uid, text: `<user>${a}<uid>${b}${uid}</uid>${c}<email-address>${uid}@x</email-address>${d}${name}</user>`};
    });
  const file = fc.tuple(fc.integer({min: 1, max: 5}), fc.array(space, {minLength: 7, maxLength: 7})).chain(([count, spaces]) =>
    fc.tuple(...Array.from({length: count}, (_, at) => record(`u${at}`))).map(records => ({
      records,
      text: `${spaces[5]}<accounts realm="R">${records.map(({text}, at) => (spaces[at] ?? '') + text).join('')}${spaces[6]}</accounts>`.trimStart(),
    })),
  );
  const comments = (text: string) => text.match(/<!--.*?-->/gs) ?? [];
  const edits = fc.constantFrom<[string, (text: string, uid: string) => string]>(
    ['rename', (text, uid) => setElements(text, 'f', user(uid), 'name', [{name: 'name', text: 'New <name>'}])],
    ['family', (text, uid) => setElements(text, 'f', user(uid), 'last-name', [{name: 'last-name', text: 'L'}])],
    ['mail', (text, uid) => setElements(text, 'f', user(uid), 'email-address', [{name: 'email-address', text: 'n@x'}])],
    ['no mail', (text, uid) => setElements(text, 'f', user(uid), 'email-address', [])],
    ['proxy', (text, uid) => addReference(text, 'f', user(uid), 'proxies', user('u0'))],
    ['add', text => addRecord(text, 'f', 'users', [{name: 'uid', text: 'new'}])],
    ['add group', text => addRecord(text, 'f', 'groups', [{name: 'uid', text: 'new'}])],
    ['remove', (text, uid) => removeRecord(text, 'f', user(uid))],
  );

  test('every comment and every other record stays as it was, byte for byte', () => {
    fc.assert(
      fc.property(file, edits, fc.nat(), ({records, text}, [name, edit], pick) => {
        const chosen = records[pick % records.length]!;
        const changed = edit(text, chosen.uid);
        requireValid(changed, 'f');
        const others = name.startsWith('add') ? records : records.filter(({uid}) => uid !== chosen.uid);
        for (const {text: other} of others) expect(changed).toContain(other);
        expect(comments(changed)).toEqual(comments(name === 'remove' ? text.replace(chosen.text, '') : text));
        const uids = parseAccounts(changed, 'f').children.map(child =>
          child.children.find(({name}) => name === 'uid')!.text.trim(),
        );
        const expected = records.map(({uid}) => uid);
        if (name === 'remove') expected.splice(expected.indexOf(chosen.uid), 1);
        expect(uids).toEqual(name.startsWith('add') ? [...expected, 'new'] : expected);
      }),
      {numRuns: 400},
    );
  });

  test('what was added and removed again leaves the text as it was', () => {
    fc.assert(
      fc.property(file, ({text}) => {
        const added = addRecord(text, 'f', 'users', [{name: 'uid', text: 'new'}]);
        expect(removeRecord(added, 'f', user('new')).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
      {numRuns: 100},
    );
  });
});

describe('the file itself', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder, 'accounts.xml');
    await writeFile(file, sample, {mode: 0o640});
  });
  const add = (uid: string) => (text: string) => addRecord(text, file, 'users', [{name: 'uid', text: uid}]);

  test('keeps its mode, leaves nothing beside it, and is not written where nothing changes', async () => {
    await chmod(file, 0o604);
    expect(await editAccounts(file, add('eve'))).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o604);
    const {ino} = await stat(file);
    expect(await editAccounts(file, text => text)).toBe(false);
    expect((await stat(file)).ino).toBe(ino);
    expect(await readdir(folder)).toEqual(['accounts.xml']);
  });

  test('keeps its owner when root edits it; anybody else hears which folder may not be written', async () => {
    if (process.geteuid?.() === 0) {
      await chown(file, 12345, 54321);
      await editAccounts(file, add('eve'));
      expect(await stat(file)).toMatchObject({uid: 12345, gid: 54321});
    } else {
      await chmod(folder, 0o500);
      const error = await editAccounts(file, add('eve')).catch(error => error);
      await chmod(folder, 0o700);
      expect(error).toBeInstanceOf(UserError);
      expect(error.message).toContain(folder);
    }
  });

  test('stays where a link points', async () => {
    const link = join(folder, 'link.xml');
    await symlink('accounts.xml', link);
    await editAccounts(link, add('eve'));
    expect(await readFile(file, 'utf8')).toContain('eve');
    expect(await readdir(folder)).toEqual(['accounts.xml', 'link.xml']);
  });

  test('two paths to one file share its lock', async () => {
    const link = join(folder, 'link.xml');
    await symlink('accounts.xml', link);
    const paths = [file, link, file, link];
    await Promise.all(paths.map((path, at) => editAccounts(path, add(`new${at}`))));
    expect((await readFile(file, 'utf8')).match(/<uid>new\d/g)).toHaveLength(4);
  });

  test('many edits at once are all made', async () => {
    await Promise.all(Array.from({length: 12}, (_, at) => editAccounts(file, add(`new${at}`))));
    const directory = parseDirectory(await readFile(file, 'utf8'), file);
    for (let at = 0; at < 12; at++) expect(directory.findByName('users', `new${at}`)).toBeDefined();
    expect(await readdir(folder)).toEqual(['accounts.xml']);
  });

  test('a lock whose process is gone is taken away', async () => {
    await writeFile(`${file}.lock`, `${2 ** 22 + 1} on ${hostname()}\n`);
    expect(await editAccounts(file, add('eve'))).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('an edit that fails lets go of the lock and changes nothing', async () => {
    await expect(
      editAccounts(file, () => {
        throw new UserError('no');
      }),
    ).rejects.toThrow('no');
    expect(await readdir(folder)).toEqual(['accounts.xml']);
    expect(await readFile(file, 'utf8')).toBe(sample);
  });

  test('a file that is not valid before, or would not be after, is left as it is', async () => {
    await expect(editAccounts(file, add('ann'))).rejects.toThrow(/“ann” is already/);
    await expect(editAccounts(file, text => text.replace('<uid>', '<uidd>').replace('</uid>', '</uidd>'))).rejects.toThrow(
      UserError,
    );
    expect(await readFile(file, 'utf8')).toBe(sample);
    await writeFile(file, sample.replace('<name>Bob</name>', '<nmae>Bob</nmae>'));
    const error = await editAccounts(file, add('eve')).catch(error => error);
    expect(error.message).toMatch(/line 15: <user> cannot hold <nmae>/);
    expect(error.fix).toBe('Write <name> instead.');
  });

  test('a byte order mark stays', async () => {
    await writeFile(file, `\ufeff${sample}`);
    await editAccounts(file, add('eve'));
    expect((await readFile(file)).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });
});
