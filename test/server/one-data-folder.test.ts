import {expect, test, vi} from 'vitest';
import {serverFolder} from './server.ts';

vi.setConfig({testTimeout: 90_000});

test('a second server on the same data refuses, and the first goes on', async () => {
  const first = await serverFolder();
  await first.run('run', '-d').done;
  const second = await serverFolder({DocumentRoot: first.path('docs')});
  const {code, stderr} = await second.run('run').done;
  expect(code).toBe(1);
  expect(stderr).toContain(`Another server serves the data in ${first.path('docs')} already.`);
  expect((await first.put('1')).status).toBe(201);
  expect(await first.run('stop').done).toMatchObject({code: 0});
  expect((await second.run('run', '-d').done).code).toBe(0);
  expect(await (await second.get()).text()).toContain('UID:1');
});
