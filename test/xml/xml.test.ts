import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {child, type Element, element, elements, text} from '../../src/xml/element.ts';
import {apple, caldav, dav, localOf, type Name, namespaceOf, xml} from '../../src/xml/names.ts';
import {parseXml, parseXmlInSlices, XmlError} from '../../src/xml/parse.ts';
import {declarations, escapeText, escapeXml, printAlone, printNode, printXml, prolog} from '../../src/xml/print.ts';

describe('Namespaces in XML 1.0: names', () => {
  test('equal names are equal strings, whatever the prefix', () => {
    const forms = ['<D:a xmlns:D="DAV:"/>', '<a xmlns="DAV:"/>', '<x:a xmlns:x="DAV:" xmlns:D="urn:other"/>'];
    for (const form of forms) expect(parseXml(form).name).toBe(dav('a'));
    expect(parseXml('<a/>').name).toBe('{}a');
    expect([namespaceOf(dav('a')), localOf(dav('a'))]).toEqual(['DAV:', 'a']);
    expect([namespaceOf('{}a'), localOf('{}a')]).toEqual(['', 'a']);
  });

  test('attributes keep theirs; declarations are none', () => {
    const {attributes} = parseXml('<a xmlns="DAV:" xmlns:x="urn:x" b="1" x:b="2" xml:lang="en"/>');
    expect(attributes).toEqual({b: '1', '{urn:x}b': '2', [xml('lang')]: 'en'});
  });
});

describe('parseXml', () => {
  test('text is kept, white space, CDATA and references included; comments and instructions are not', () => {
    const root = parseXml('<a> x <![CDATA[<&]]>&amp;&#x41;<!-- no --><?no?><b/>\n</a>');
    expect(text(root)).toBe(' x <&&A\n');
    expect(elements(root)).toHaveLength(1);
    expect(child(root, '{}b')).toEqual(element('{}b'));
    expect(child(root, '{}c')).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['two roots', '<a/><b/>'],
    ['tags that cross', '<a><b></a></b>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an entity that is not declared', '<a>&nbsp;</a>'],
    ['an undeclared prefix', '<x:a/>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a control character by reference', '<a>&#1;</a>'],
  ])('%s is refused', (_what, source) => {
    expect(() => parseXml(source)).toThrow(XmlError);
  });

  test('what is too deep or too long is refused as such, at once', () => {
    const limited = expect.objectContaining({limit: true});
    expect(() => parseXml('<a>'.repeat(100_000))).toThrowError(limited);
    expect(() => parseXml(`<a>${'<b/>'.repeat(100)}</a>`, 100)).toThrowError(limited);
    expect(parseXml(`<a>${'<b/>'.repeat(99)}</a>`, 100).children).toHaveLength(99);
    expect(() => parseXml(`<a>${'<b/>'.repeat(300_000)}</a>`)).toThrowError(limited);
    expect(() => parseXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toThrowError(limited);
  });

  test('in slices a document is what it is in one piece, wherever it is cut', async () => {
    const part = '<b c="d&amp;🎉" xmlns:x="urn:x"><![CDATA[<&]]>&#x41;\r\né🎉<!-- no --><x:e/></b>';
    for (let shift = 0; shift < part.length; shift++) {
      const source = `<a>${' '.repeat(shift)}${part.repeat(450)}</a>`;
      expect(await parseXmlInSlices(source)).toEqual(parseXml(source));
    }
    await expect(parseXmlInSlices(`<a>${part.repeat(450)}`)).rejects.toThrow(XmlError);
    await expect(parseXmlInSlices(`<a>${'<b/>'.repeat(10_000)}</a>`, 100)).rejects.toThrowError(
      expect.objectContaining({limit: true}),
    );
  });

  test('bytes may be UTF-8 or UTF-16, with a mark or, for UTF-8, without', () => {
    for (const bytes of [
      Buffer.from('<a>é🎉</a>'),
      Buffer.from('\ufeff<a>é🎉</a>'),
      Buffer.from('\ufeff<a>é🎉</a>', 'utf16le'),
      Buffer.from('\ufeff<a>é🎉</a>', 'utf16le').swap16(),
    ]) {
      expect(text(parseXml(new Uint8Array(bytes)))).toBe('é🎉');
    }
    expect(() => parseXml(new Uint8Array([0x3c, 0xff, 0x3e]))).toThrow(XmlError);
  });
});

describe('printXml', () => {
  test('the well-known namespaces are declared once, on the root', () => {
    const printed = printXml(element(dav('a'), element(caldav('b')), element(apple('c'), 'x')));
    expect(printed).toBe(`${prolog}<D:a${declarations}><C:b/><A:c>x</A:c></D:a>`);
  });

  test('others are declared where they are used, and what is printed alone declares all', () => {
    expect(printNode(element('{urn:x}a', element(dav('b'))))).toBe('<a xmlns="urn:x"><D:b/></a>');
    expect(printAlone(element(dav('a')))).toBe('<a xmlns="DAV:"/>');
    expect(printNode({raw: '<as-it-is/>'})).toBe('<as-it-is/>');
  });

  test('characters that XML cannot hold become U+FFFD, and half a pair too', () => {
    expect(escapeText('a\u0000b\u001fc\ufffed\ud800e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
    expect(escapeText('<"&">\r\n\t')).toBe('&lt;"&amp;"&gt;&#13;\n\t');
    expect(escapeXml('<"&">')).toBe('&lt;&quot;&amp;&quot;&gt;');
  });

  test('whatever is printed is parsed as it was, alone or in a document', () => {
    const local = fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/);
    const namespace = fc.constantFrom('', 'DAV:', 'urn:x', 'http://example.com/a&b"<', 'urn:ietf:params:xml:ns:caldav');
    const name = fc.tuple(namespace, local).map(([uri, each]): Name => `{${uri}}${each}`);
    const characters = fc.string({unit: 'grapheme', minLength: 1}).filter(each => !escapeText(each).includes('\ufffd'));
    const value = fc.oneof(characters, fc.constantFrom('\t', '\n', ' a\r\nb ', '"\'', ']]>', '&amp;'));
    const attribute = fc.oneof(
      local.filter(each => !/^xml/i.test(each)),
      fc.tuple(fc.constantFrom('urn:x', 'urn:y', 'DAV:'), local).map(([uri, each]) => `{${uri}}${each}`),
      fc.constant(xml('lang') as string),
    );
    const {tree} = fc.letrec<{tree: Element}>(tie => ({
      tree: fc.record({
        name,
        attributes: fc.dictionary(attribute, value, {maxKeys: 3}),
        children: fc.array(fc.oneof({depthSize: 'small', withCrossShrink: true}, value, tie('tree')), {maxLength: 3}).map(joined),
      }) as fc.Arbitrary<Element>,
    }));
    fc.assert(
      fc.property(tree, root => {
        expect(plain(parseXml(printAlone(root)))).toEqual(plain(root));
        expect(plain(parseXml(printXml(root)))).toEqual(plain(root));
      }),
      {numRuns: 300},
    );
  });
});

/** Texts side by side are one text. */
function joined(children: readonly (string | Element)[]): (string | Element)[] {
  const all: (string | Element)[] = [];
  for (const each of children) {
    if (typeof each === 'string' && typeof all.at(-1) === 'string') all.push(all.pop() + each);
    else all.push(each);
  }
  return all;
}

/** The same with attributes that do not depend on their order, or on the object that holds them. */
function plain(node: Element): unknown {
  const children = joined(node.children as (string | Element)[]);
  return {
    name: node.name,
    attributes: {...node.attributes},
    children: children.map(each => (typeof each === 'string' ? each : plain(each))),
  };
}
