import {expect, test} from 'vitest';
import {printJunit} from '../../src/tester/junit.ts';
import {printResults, resultsValue} from '../../src/tester/report.ts';
import {isGood, type ScriptResult} from '../../src/tester/result.ts';
import {parseXml} from '../../src/xml/parse.ts';

const exchange = {method: 'GET', uri: '/a', headers: {authorization: 'Basic c2VjcmV0'}, body: '', answer: undefined};
const about = {suite: 's', description: 'what <it> does', seconds: 0.5};
const measured: ScriptResult = {
  name: 'a',
  description: '',
  state: 'measured',
  reason: '',
  seconds: 1,
  tests: [
    {...about, name: '1', outcome: 'passed', reason: ''},
    {...about, name: '2', outcome: 'failed', reason: 'the status is "404"\nnot 200', exchange},
    {...about, name: '3', outcome: 'ignored', reason: 'needs x'},
  ],
};
const unmeasured: ScriptResult = {...measured, name: 'bb', state: 'not measured', reason: 'its start failed', tests: []};

test('a table, the failures, and a sum in which what was not measured is no outcome', () => {
  const printed = printResults([measured, unmeasured], {details: false});
  expect(printed).toMatch(/^a\s+1\s+1\s+1$/m);
  expect(printed).toMatch(/^bb\s+–\s+–\s+– {3}not measured: its start failed$/m);
  expect(printed).toContain('a: s | 2 what <it> does\n    the status is "404"');
  expect(printed).toMatch(/1 passed, 1 failed, 1 ignored, 1 script not measured$/);
});

test('--details shows what went over the wire, and no password', () => {
  const printed = printResults([measured], {details: true});
  expect(printed).toContain('GET /a');
  expect(printed).not.toContain('c2VjcmV0');
  expect(JSON.stringify(resultsValue([measured], {details: true}))).not.toContain('c2VjcmV0');
  expect(JSON.stringify(resultsValue([measured], {details: false}))).not.toContain('GET /a');
});

test('what a server answers does not steer the terminal', () => {
  const [, failed] = measured.tests;
  const text = '\u001b]0;title\u0007\u0000\tx\r\ny';
  const results = [{...measured, tests: [{...failed!, exchange: {...exchange, answer: {status: 200, headers: [], text}}}]}];
  const printed = printResults(results as unknown as ScriptResult[], {details: true});
  expect(printed).toContain('␛]0;title␇␀\tx\n    y');
});

test('as data', () => {
  expect(resultsValue([measured, unmeasured], {details: false})).toMatchObject({
    passed: 1,
    failed: 1,
    ignored: 1,
    notMeasured: ['bb'],
    scripts: [
      {name: 'a', passed: 1, tests: [{outcome: 'passed'}, {outcome: 'failed'}, {outcome: 'ignored'}]},
      {state: 'not measured'},
    ],
  });
});

test('as JUnit, where what was not measured is an error', () => {
  const junit = printJunit([measured, unmeasured]);
  expect(parseXml(junit).name).toBe('{}testsuites');
  expect(junit).toContain('<testsuite name="a" tests="3" failures="1" errors="0" skipped="1" time="1">');
  expect(junit).toContain('<failure message="the status is &quot;404&quot; not 200"/>');
  expect(junit).toContain('<testsuite name="bb" tests="1" failures="0" errors="1" skipped="0"');
});

test('only what passed or was ignored is good', () => {
  expect(isGood([{...measured, tests: [measured.tests[0]!, measured.tests[2]!]}])).toBe(true);
  expect(isGood([measured])).toBe(false);
  expect(isGood([unmeasured])).toBe(false);
});
