import {expect, test} from 'vitest';
import {checkVersion} from '../../../src/doctor/checks/node.ts';

test('Node.js before 24 is too old, and the fix says what to install', () => {
  expect(checkVersion('20.11.1')).toMatchObject({status: 'fail', fix: expect.stringContaining('npm install')});
  expect(checkVersion('24.0.0').status).toBe('ok');
  expect(checkVersion('26.1.0').status).toBe('ok');
});
