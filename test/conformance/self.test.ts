import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {findScripts} from '../../src/tester/find-scripts.ts';
import {countsOf} from '../../src/tester/result.ts';
import {runScript} from '../../src/tester/run.ts';
import {startSelf} from '../../src/tester/self.ts';
import {parseServerInfo, withFeatures} from '../../src/tester/server-info.ts';
import {inScope, knownCounts, rowsBelow, scripts, testWithScripts} from './scripts.ts';

const document = join(import.meta.dirname, '../../docs/conformance.md');
const serverInfo = join(import.meta.dirname, '../caldavtester/serverinfo.xml');

/** `passed/failed/ignored` by script, as the document has them; dashes where a script's start fails. */
const claimed = new Map(rowsBelow('## Counts', document).map(([script, ...counts]) => [script!, counts.slice(0, 3).join('/')]));
/** Script, suite and test of each failure that the document gives a reason for. */
const reasons = rowsBelow('## Failures, and why', document);
/** What is claimed for one script alone: it is off by default, or others would look less closely. */
const claimedFor: Readonly<Record<string, readonly string[]>> = {
  duplicate_uids: ['no-duplicate-uids'],
  errors: ['timezones-by-reference'],
  implicitimip: ['timezones-by-reference'],
};

describe('Apple’s scripts come to what docs/conformance.md says', () => {
  for (const script of inScope) {
    testWithScripts(script, {timeout: 180_000}, async () => {
      const read = parseServerInfo(readFileSync(serverInfo, 'utf8'), serverInfo);
      const info = withFeatures(read, claimedFor[script] ?? []);
      const [found] = findScripts(scripts, [`CalDAV/${script}`]);
      await using self = await startSelf(info.features);
      const where = {host: self.host, port: self.port, sslPort: self.sslPort};
      const {state, tests} = await runScript(found!.script!, {info: {...info, ...where}, name: script});
      const failures = tests.filter(({outcome}) => outcome === 'failed').map(({suite, name}) => `${suite} | ${name}`);
      const {passed, failed, ignored} = countsOf(tests);
      const counts = state === 'not measured' ? '–/–/–' : [passed, failed, ignored].join('/');
      const explained = reasons.filter(([name]) => name === script).map(([, suite, test]) => `${suite} | ${test}`);
      expect({counts, failures: state === 'not measured' ? ['start | –'] : failures.sort()}).toEqual({
        counts: claimed.get(script),
        failures: explained.sort(),
      });
    });
  }
});

describe('no peer passes more of a script', () => {
  for (const peer of ['Radicale', 'Xandikos', 'Cyrus'] as const) {
    testWithScripts(peer, () => {
      const known = knownCounts(peer);
      const passed = (counts: string | undefined) => Number(counts?.split('/')[0]);
      const behind = inScope.filter(script => passed(claimed.get(script)) < passed(known.get(script)));
      expect(behind).toEqual([]);
    });
  }
});
