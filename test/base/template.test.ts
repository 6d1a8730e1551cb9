import {describe, expect, test} from 'vitest';
import {fill, readTemplate} from '../../src/base/template.ts';
import {findKey, keys} from '../../src/config/keys.ts';
import {inspectConfig} from '../../src/config/load.ts';
import {parsePlist} from '../../src/config/plist-source.ts';

describe('templates', () => {
  test('holes are filled, several lines indented as the hole is', () => {
    expect(fill('a {{x}}, {{y.z}}\n  {{list}}\n', {x: '1', 'y.z': '$&', list: '<a>\n  b\n</a>'})).toBe(
      'a 1, $&\n  <a>\n    b\n  </a>\n',
    );
  });

  test('a hole that nothing fills is an error', () => {
    expect(() => fill('{{x}}', {})).toThrow('hole x');
  });

  test.each(['caldavd.plist', 'caldavd-apple.plist'])('%s is a configuration without a mistake', async name => {
    const {problems, config} = inspectConfig({file: name, folder: '/', text: await readTemplate(name)});
    expect(problems).toEqual([]);
    expect(config).toBeDefined();
  });

  test('caldavd.plist has every key that is honoured, each with what `caldav config list` says of it', async () => {
    const text = await readTemplate('caldavd.plist');
    const {entries} = parsePlist(text);
    const written = entries.map(({key}) => key);
    expect(keys.filter(row => row.config && !written.includes(row.key)).map(row => row.key)).toEqual([]);
    for (const {key, keyStart, element} of entries) {
      if (element === 'dict') continue;
      const above = text.slice(0, keyStart).trimEnd();
      expect(above.slice(above.lastIndexOf('<!-- ')), key).toBe(`<!-- ${findKey(key)!.meaning.replace(/\.$/, '')} -->`);
    }
  });
});
