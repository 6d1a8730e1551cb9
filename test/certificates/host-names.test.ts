import {hostname} from 'node:os';
import {expect, test} from 'vitest';
import {hostNames} from '../../src/certificates/host-names.ts';

test('the name people use comes first, then the machine’s own and its addresses, each once', () => {
  const names = hostNames('cal.example');
  expect(names[0]).toBe('cal.example');
  expect(names).toEqual(expect.arrayContaining([hostname(), 'localhost', '127.0.0.1', '::1']));
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter(name => /^(fe80|169\.254)/i.test(name))).toEqual([]);
  expect(hostNames('localhost').filter(name => name === 'localhost')).toHaveLength(1);
});

test('what a certificate can not hold is left out', () => {
  expect(hostNames('not a name')).not.toContain('not a name');
});
