import {escapeXml} from '../xml/print.ts';
import {countsOf, type ScriptResult, type TestResult} from './result.ts';

/** The results as JUnit's XML: a testsuite for each script; one that was not measured has an error. */
export function printJunit(results: readonly ScriptResult[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n${results.map(printScript).join('')}</testsuites>\n`;
}

function printScript({name, state, reason, tests, seconds}: ScriptResult): string {
  const {failed, ignored} = countsOf(tests);
  const unmeasured = state === 'not measured';
  const counts = {
    name,
    tests: tests.length + Number(unmeasured),
    failures: failed,
    errors: Number(unmeasured),
    skipped: ignored,
    time: seconds,
  };
  const start = unmeasured
    ? `  <testcase${attributes({classname: name, name: 'start', time: 0})}><error${attributes({message: reason})}/></testcase>\n`
    : '';
  return `<testsuite${attributes(counts)}>\n${start}${tests.map(test => printTest(name, test)).join('')}</testsuite>\n`;
}

function printTest(script: string, {suite, name, description, outcome, reason, seconds}: TestResult): string {
  const element = outcome === 'failed' ? 'failure' : 'skipped';
  const start = attributes({classname: `${script}.${suite}`, name: `${name} ${description}`.trim(), time: seconds});
  return outcome === 'passed'
    ? `  <testcase${start}/>\n`
    : `  <testcase${start}><${element}${attributes({message: reason})}/></testcase>\n`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/[\n\t]/g, ' ')}"`)
    .join('');
}
