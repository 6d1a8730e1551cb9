import {countsOf, type ScriptResult, type TestResult} from './result.ts';
import type {Exchange} from './session.ts';

/** What each script came to, with the reason of each failure below it, and what all came to. */
export function printResults(results: readonly ScriptResult[], {details}: {readonly details: boolean}): string {
  const failures = results.flatMap(result => printFailures(result, details));
  const lines = [...printTable(results), ...(failures.length > 0 ? ['', ...failures] : []), '', summary(results)];
  return lines
    .join('\n')

    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, pictureOf);
}

/** What a server answers must not steer the terminal: of a control character there is a picture. */
function pictureOf(control: string): string {
  const code = control.charCodeAt(0);
  return String.fromCharCode(code === 0x7f ? 0x2421 : 0x2400 + code);
}

/** The results as data, without the exchanges unless they are asked for. */
export function resultsValue(results: readonly ScriptResult[], {details}: {readonly details: boolean}): object {
  return {
    scripts: results.map(({tests, ...script}) => ({
      ...script,
      ...countsOf(tests),
      tests: tests.map(({exchange, ...test}) => ({...test, ...(details && exchange && {exchange: printExchange(exchange)})})),
    })),
    ...countsOf(results.flatMap(({tests}) => tests)),
    notMeasured: results.filter(({state}) => state === 'not measured').map(({name}) => name),
  };
}

/** One line of the table: `errors  10 passed, 3 failed, 2 ignored`. */
export function outcomeOf({state, reason, tests}: ScriptResult): string {
  if (state === 'not measured') return `not measured: ${reason}`;
  if (state === 'ignored') return `ignored: ${reason}`;
  const {passed, failed, ignored} = countsOf(tests);
  return `${passed} passed, ${failed} failed, ${ignored} ignored`;
}

function printTable(results: readonly ScriptResult[]): string[] {
  const width = Math.max(6, ...results.map(({name}) => name.length));
  const row = (name: string, cells: readonly (string | number)[], rest = '') =>
    `${name.padEnd(width)}  ${cells.map(cell => String(cell).padStart(7)).join(' ')}${rest && `   ${rest}`}`;
  return [
    row('script', ['passed', 'failed', 'ignored']),
    ...results.map(({name, state, reason, tests}) => {
      const {passed, failed, ignored} = countsOf(tests);
      if (state === 'not measured') return row(name, ['–', '–', '–'], `not measured: ${reason}`);
      return row(name, [passed, failed, ignored], reason);
    }),
  ];
}

function printFailures({name, tests}: ScriptResult, details: boolean): string[] {
  return tests
    .filter(({outcome}) => outcome === 'failed')
    .flatMap(test => [
      `${name}: ${titleOf(test)}`,
      `    ${test.reason}`,
      ...(details && test.exchange ? [indent(printExchange(test.exchange).replaceAll('\r\n', '\n'))] : []),
    ]);
}

/** How a test is spoken of: `PUT | 3 a second time`. */
function titleOf({suite, name, description}: TestResult): string {
  return `${suite} | ${name}${description && ` ${description}`}`;
}

/** A request and its answer as they went over the wire, without credentials. */
function printExchange({method, uri, headers, body, answer}: Exchange): string {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map(one => `${name}: ${name === 'authorization' ? '…' : one}`),
  );
  const got = answer
    ? [`HTTP ${answer.status}`, ...answer.headers.map(([name, value]) => `${name}: ${value}`), '', answer.text]
    : ['no answer'];
  return [`${method} ${uri}`, ...sent, '', ...(body ? [body] : []), ...got].join('\n');
}

function summary(results: readonly ScriptResult[]): string {
  const {passed, failed, ignored} = countsOf(results.flatMap(({tests}) => tests));
  const unmeasured = results.filter(({state}) => state === 'not measured').length;
  const rest = unmeasured > 0 ? `, ${unmeasured} ${unmeasured === 1 ? 'script' : 'scripts'} not measured` : '';
  return `${passed} passed, ${failed} failed, ${ignored} ignored${rest}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
