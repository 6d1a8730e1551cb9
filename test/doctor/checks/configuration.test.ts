import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {CheckResult, DoctorContext} from '../../../src/doctor/check.ts';
import {configuration} from '../../../src/doctor/checks/configuration.ts';
import {temporaryFolder} from '../../support/temporary.ts';

async function check(body: string | undefined): Promise<CheckResult[]> {
  const folder = await temporaryFolder();
  const file = join(folder, 'caldavd.plist');
  if (body !== undefined) await writeFile(file, `<?xml version="1.0"?>\n<plist version="1.0"><dict>\n${body}\n</dict></plist>\n`);
  return configuration.run({plist: {file, folder}} as DoctorContext);
}

test('a good one is well', async () => {
  expect(await check('<key>HTTPPort</key><integer>8008</integer>')).toMatchObject([{status: 'ok'}]);
});

test('each wrong key is a failure with its line and the nearest right one', async () => {
  const results = await check('<key>HTPPort</key><integer>8008</integer>\n<key>SSLPort</key><string>x</string>');
  expect(results).toMatchObject([
    {status: 'fail', details: {line: 3, key: 'HTPPort'}, fix: expect.stringContaining('HTTPPort')},
    {status: 'fail', details: {line: 4, key: 'SSLPort'}},
  ]);
});

test('keys without effect here are one warning', async () => {
  const results = await check('<key>EnableSACLs</key><false/>\n<key>HTTPPort</key><integer>8008</integer>');
  expect(results).toMatchObject([{status: 'ok'}, {status: 'warn', message: expect.stringContaining('EnableSACLs (line 3)')}]);
});

test('none at all is a failure that names caldav setup', async () => {
  expect(await check(undefined)).toMatchObject([{status: 'fail', fix: expect.stringContaining('caldav setup')}]);
});
