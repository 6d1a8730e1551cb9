import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import {findScripts} from '../../tester/find-scripts.ts';
import {printJunit} from '../../tester/junit.ts';
import {outcomeOf, printResults, resultsValue} from '../../tester/report.ts';
import {isGood, type ScriptResult} from '../../tester/result.ts';
import {runScript} from '../../tester/run.ts';
import {startSelf} from '../../tester/self.ts';
import {parseServerInfo, type ServerInfo, withFeatures} from '../../tester/server-info.ts';
import type {Command} from '../command.ts';
import {createProgress} from '../transfer/progress.ts';
import {WrongUsage} from '../wrong-usage.ts';

/** The scripts that come with the program, and the serverinfo for a server of our own. */
const own = join(import.meta.dirname, '../../../test/caldavtester');

export const test: Command = {
  name: 'test [scripts...]',
  summary: 'judge a server by CalDAVTester scripts',
  options: [
    {flags: '--server <file>', description: 'the serverinfo.xml of the server to judge'},
    {flags: '--authority <pem>', description: 'trust this authority’s certificates in HTTPS (a serverinfo without nonsslport)'},
    {flags: '--self', description: 'judge a throw-away server of our own, with the accounts that scripts expect'},
    {flags: '--scripts <dir>', description: 'where the scripts are (default: those that come with the program)'},
    {
      flags: '--feature <changes>',
      description: 'features to claim or not beside those of the serverinfo: +quota,-brief',
      parse: (value, before) => [...((before as string[] | undefined) ?? []), ...value.split(',')],
    },
    {flags: '--junit <file>', description: 'also write the results as JUnit XML'},
    {flags: '--details', description: 'show the request and the answer of each failure'},
  ],
  examples: [
    ['caldav test --self', 'runs the scripts that come with the program against a server of our own'],
    ['caldav test --server serverinfo.xml --scripts ../caldavtester/scripts/tests', 'judges a server by all scripts there'],
    ['caldav test errors propfind --self --scripts DIR --details', 'runs two scripts, and shows what went over the wire'],
    ['caldav test --self --feature=-quota --junit results.xml', 'claims no quota, and writes results for a CI'],
  ],
  async run([scripts], options, io) {
    const {server, self = false, details = false, junit} = options as Options;
    if ((server === undefined) === !self) {
      throw new WrongUsage('Which server is to be judged?', 'Add --self, or --server with its serverinfo.xml.');
    }
    const found = findScripts(
      resolve(options.scripts === undefined ? own : String(options.scripts)),
      (scripts as string[]) ?? [],
    );
    const read = withFeatures(readInfo(server ?? join(own, 'serverinfo.xml')), (options.feature as string[] | undefined) ?? []);
    const authority = self || options.authority === undefined ? {} : {authority: readAuthority(String(options.authority))};
    const results: ScriptResult[] = [];
    for (const [at, {name, script, broken}] of found.entries()) {
      if (!script) {
        results.push({name, description: '', state: 'not measured', reason: broken, tests: [], seconds: 0});
        continue;
      }
      const tests = script.suites.reduce((count, suite) => count + suite.tests.length, 0);
      const progress = createProgress(io.out, `${at + 1}/${found.length} ${name}`, tests);
      // Each has a server to itself, so that what one leaves behind is not held against the next.
      await using running = self ? await startSelf(read.features) : undefined;
      const info = running
        ? {...read, host: running.host, port: running.port, sslPort: running.sslPort}
        : {...read, ...authority};
      const result = await runScript(script, {info, name, onTest: () => progress.step()}).finally(() => progress.end());
      results.push(result);
      if (io.out.animated) io.out.note(`${mark(result)} ${name}: ${outcomeOf(result)}`);
    }
    if (junit) await writeJunit(junit, results);
    io.out.result(resultsValue(results, {details}), printResults(results, {details}));
    return isGood(results) ? 0 : 1;
  },
};

interface Options {
  readonly server?: string;
  readonly self?: boolean;
  readonly details?: boolean;
  readonly junit?: string;
}

function readAuthority(file: string): string {
  const fix = 'Name the authority’s certificate with --authority; caldav setup puts it into conf/tls. --self needs none.';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, fix);
  }
  try {
    new X509Certificate(text);
  } catch {
    throw new UserError(`${file} is no certificate in PEM.`, fix);
  }
  return text;
}

function readInfo(file: string): ServerInfo {
  try {
    return parseServerInfo(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`,
      'Name a serverinfo.xml with --server.',
    );
  }
}

async function writeJunit(file: string, results: readonly ScriptResult[]): Promise<void> {
  try {
    await writeFile(file, printJunit(results));
  } catch (error) {
    throw new UserError(
      `${file} cannot be written: ${(error as NodeJS.ErrnoException).code}.`,
      'Name another file with --junit.',
    );
  }
}

function mark(result: ScriptResult): string {
  return isGood([result]) ? (result.state === 'ignored' ? '–' : '✔') : '✖';
}
