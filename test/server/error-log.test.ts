import {expect, test} from 'vitest';
import {createLog, forTerminal} from '../../src/server/error-log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('info', line => lines.push(line)));
  expect(lines).toEqual([expect.stringMatching(/^[^\n]+\n$/)]);
  return lines[0]!;
}

test('what a client wrote begins no line in the error log, and neither that nor moves a cursor on a terminal', () => {
  const line = logged(log => log.warn({account: 'a\ncaldav: all is well\x1b[2J\u009b2J\r'}, 'log-in refused'));
  expect(forTerminal(line)).toBe('caldav: log-in refused (account: a\\x0acaldav: all is well\\x1b[2J\\x9b2J\\x0d)\n');
});

test('a stack keeps its lines', () => {
  const line = logged(log => log.error({err: new Error('broken\x07')}, 'a fault'));
  expect(forTerminal(line)).toMatch(/^caldav: a fault \(Error: broken\\x07\n {4}at /);
});

test('what is of no matter to a person who watches is left out', () => {
  expect(forTerminal(logged(log => log.info({}, 'ready')))).toBe(undefined);
});
