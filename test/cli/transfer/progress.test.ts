import {afterEach, expect, test, vi} from 'vitest';
import type {Output} from '../../../src/cli/output.ts';
import {createProgress} from '../../../src/cli/transfer/progress.ts';

afterEach(() => vi.restoreAllMocks());

function written(animated: boolean): string {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said += text;
    return true;
  });
  const progress = createProgress({animated} as Output, 'importing', 4);
  for (let count = 0; count < 4; count++) progress.step();
  progress.end();
  return said;
}

test('on a terminal the bar fills up to the total and goes away', () => {
  const said = written(true);
  expect(said).toContain(`importing [${'█'.repeat(30)}] 4/4`);
  expect(said.endsWith('\r\x1b[K')).toBe(true);
});

test('in a pipe nothing is said', () => {
  expect(written(false)).toBe('');
});
