import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';

const source = join(import.meta.dirname, '../../src');

/** The files of src/ and the packages that a program loads which imports these, as `base/log.ts` or `saxes`. */
function loadedBy(...files: string[]): string[] {
  const program = `
    const loaded = [];
    const builtin = process.moduleLoadList;
    require('node:module').registerHooks({load(url, context, next) { loaded.push(url); return next(url, context); }});
    Promise.all(${JSON.stringify(files.map(file => join(source, file)))}.map(file => import(file))).then(() => {
      if (builtin.some(name => name.endsWith('undici/undici'))) loaded.push('undici');
      process.stdout.write(JSON.stringify(loaded), () => process.exit());
    });`;
  const text = execFileSync(process.execPath, ['-e', program], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
  return (JSON.parse(text) as string[]).map(url => url.split('/src/')[1] ?? url.split('/node_modules/')[1] ?? url);
}

describe('what is loaded for nothing costs memory in each process, and time at each start', () => {
  test('a supervisor loads nothing of the protocol, the store or the formats of calendars', () => {
    const loaded = loadedBy('cli/serve.ts', 'server/combined.ts');
    expect(loaded).toContain('server/supervisor.ts');
    expect(loaded.filter(file => /^(webdav|caldav|timezones|web|store|ical|ical\.js|tester|setup)\//.test(file))).toEqual([]);
    expect(loaded.filter(file => /^(plist|undici|moment-timezone)/.test(file))).toEqual([]);
  });

  test('a worker loads no HTTP client', () => {
    const loaded = loadedBy('server/worker.ts');
    expect(loaded).toContain('webdav/dispatch.ts');
    expect(loaded).not.toContain('undici');
  });

  test('a process that only tries whether attributes work loads nothing of calendars', () => {
    const loaded = loadedBy('doctor/as-account.ts', 'doctor/attributes-probe.ts');
    expect(loaded.filter(file => /^(webdav|caldav|ical)\//.test(file))).toEqual([]);
  });
});
