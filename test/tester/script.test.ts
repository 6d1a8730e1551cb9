import {expect, test} from 'vitest';
import {shutBy} from '../../src/tester/gate.ts';
import {parseScript} from '../../src/tester/script.ts';

const script = parseScript(
  `<caldavtest ignore-all="no">
  <description>What it is</description>
  <require-feature><feature>caldav</feature><feature>quota</feature></require-feature>
  <start><request end-delete="yes"><method>PUT</method><ruri>$home:/a%20b.ics?x=%20</ruri>
    <data generate="yes" substitutions="no"><content-type>text/calendar</content-type><filepath>1.ics</filepath>
      <substitute><name>A</name><value>B</value></substitute></data></request></start>
  <test-suite name="s" change-uid="yes" ignore="yes"><exclude-feature><feature>brief</feature></exclude-feature>
    <test name="1" count="3" only="yes"><description>two
      lines</description>
      <request user="u" pswd="p" auth="no" wait-for-success="yes"><method>WAITCOUNT 2</method><ruri quote="no">/a%20b</ruri><ruri>/c</ruri>
        <header><name>Depth</name><value>1</value></header>
        <verify><callback>header</callback><arg><name>header</name><value>A</value></arg><arg><name>header</name><value>B</value></arg>
          <arg><name>flag</name></arg></verify>
        <graburi>$u:</graburi>
        <grabheader><name>ETag</name><variable>$e:</variable></grabheader>
        <grabproperty><property>{DAV:}getetag</property><variable>$p:</variable></grabproperty>
      </request></test></test-suite>
  <end/></caldavtest>`,
  '/x/s.xml',
);

test('gates, attributes and requests at every level', () => {
  expect(script).toMatchObject({
    description: 'What it is',
    ignore: false,
    gate: {require: ['caldav', 'quota'], exclude: []},
    end: [],
  });
  expect(script.suites[0]).toMatchObject({name: 's', changeUid: true, ignore: true, gate: {exclude: ['brief']}});
  expect(script.suites[0]!.tests[0]).toMatchObject({count: 3, only: true, description: 'two lines'});
  expect(script.suites[0]!.tests[0]!.requests[0]).toMatchObject({
    user: 'u',
    password: 'p',
    auth: false,
    waitForSuccess: true,
    method: 'WAITCOUNT 2',
    headers: [['Depth', '1']],
  });
  expect(script.start[0]).toMatchObject({endDelete: true, auth: true, user: undefined});
  expect(script.start[0]!.data).toEqual({
    contentType: 'text/calendar',
    filepath: '1.ics',
    substitutions: false,
    generate: true,
    substitute: [['A', 'B']],
  });
});

test('a percent sign in a path is a character like others, unless quote="no" and in a query', () => {
  expect(script.start[0]!.uris).toEqual(['$home:/a%2520b.ics?x=%20']);
  expect(script.suites[0]!.tests[0]!.requests[0]!.uris).toEqual(['/a%20b', '/c']);
});

test('a verifier may be given an argument several times, or without a value', () => {
  const [verify] = script.suites[0]!.tests[0]!.requests[0]!.verify;
  expect([...verify!.args]).toEqual([
    ['header', ['A', 'B']],
    ['flag', []],
  ]);
});

test('grabs', () => {
  expect(script.suites[0]!.tests[0]!.requests[0]!.grabs).toEqual([
    {kind: 'graburi', source: '', parent: undefined, variables: ['$u:']},
    {kind: 'grabheader', source: 'ETag', parent: undefined, variables: ['$e:']},
    {kind: 'grabproperty', source: '{DAV:}getetag', parent: undefined, variables: ['$p:']},
  ]);
});

test('a gate opens where all is claimed that it asks for and nothing that it excludes', () => {
  expect(shutBy(script.gate, new Set(['caldav']))).toBe('needs quota');
  expect(shutBy(script.gate, new Set(['caldav', 'quota']))).toBeUndefined();
  expect(shutBy(script.suites[0]!.gate, new Set(['brief']))).toBe('not with brief');
});
