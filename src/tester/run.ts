import {createClient} from './client.ts';
import {exchange} from './exchange.ts';
import {shutBy} from './gate.ts';
import type {ScriptResult, TestResult} from './result.ts';
import type {Script, Suite, Test} from './script.ts';
import type {ServerInfo} from './server-info.ts';
import {createSession, type Session} from './session.ts';
import {takeStep} from './step.ts';
import {createVariables} from './substitute.ts';

export interface RunOptions {
  readonly info: ServerInfo;
  /** What the results call the script. */
  readonly name: string;
  /** Is told of each test when it is done. */
  onTest?(result: TestResult): void;
}

/** Runs a script against a server: its start, its suites, then whatever it made is deleted. */
export async function runScript(script: Script, {info, name, onTest = () => {}}: RunOptions): Promise<ScriptResult> {
  const began = performance.now();
  const result = (rest: Pick<ScriptResult, 'state' | 'reason' | 'tests'>): ScriptResult => ({
    name,
    description: script.description,
    ...rest,
    seconds: secondsSince(began),
  });
  const shut = shutBy(script.gate, info.features) ?? (script.ignore ? 'the script says so' : undefined);
  if (shut) {
    return result({state: 'ignored', reason: shut, tests: script.suites.flatMap(suite => ignoreAll(suite, shut))});
  }
  const client = createClient(info);
  const session = createSession(script.file, info, createVariables(info), client);
  const tests: TestResult[] = [];
  try {
    for (const request of script.start) {
      const failure = await attempt(() => takeStep(session, request, {mustSucceed: true}));
      if (failure) return result({state: 'not measured', reason: `its start failed: ${failure}`, tests});
    }
    const only = script.suites.some(suite => suite.only);
    for (const suite of script.suites) {
      for await (const test of runSuite(session, suite, only)) {
        tests.push(test);
        onTest(test);
      }
    }
    return result({state: 'measured', reason: '', tests});
  } finally {
    await cleanUp(session, script);
    client.close();
  }
}

async function* runSuite(session: Session, suite: Suite, onlySome: boolean): AsyncGenerator<TestResult> {
  const reason =
    shutBy(suite.gate, session.info.features) ??
    (suite.ignore ? 'the suite is switched off' : onlySome && !suite.only ? 'another suite is to run alone' : undefined);
  if (reason) {
    yield* ignoreAll(suite, reason);
    return;
  }
  if (suite.changeUid) session.variables.renewUids();
  const onlySomeTests = suite.tests.some(test => test.only);
  for (const test of suite.tests) {
    const off = test.ignore
      ? 'the test is switched off'
      : onlySomeTests && !test.only
        ? 'another test is to run alone'
        : undefined;
    const shut = shutBy(test.gate, session.info.features) ?? off;
    yield shut ? ignored(suite, test, shut) : await runTest(session, suite, test);
  }
}

async function runTest(session: Session, suite: Suite, test: Test): Promise<TestResult> {
  const began = performance.now();
  const about = {suite: suite.name, name: test.name, description: test.description};
  for (let iteration = 1; iteration <= test.count; iteration++) {
    for (const request of test.requests) {
      const reason = await attempt(() => takeStep(session, request, {iteration}));
      if (reason) return {...about, outcome: 'failed', reason, exchange: session.last, seconds: secondsSince(began)};
    }
  }
  return {...about, outcome: 'passed', reason: '', seconds: secondsSince(began)};
}

/** Whatever keeps a request from being made, or its answer from being judged, fails the test and not the run. */
async function attempt(step: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await step();
  } catch (error) {
    return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
  }
}

/** What fails here is not a fault of the server that a script asks about. */
async function cleanUp(session: Session, script: Script): Promise<void> {
  for (const {uri, credentials} of session.endDeletes) {
    await attempt(async () => {
      await exchange(session, {method: 'DELETE', uri, credentials});
      return undefined;
    });
  }
  for (const request of script.end) await attempt(() => takeStep(session, request));
}

function ignoreAll(suite: Suite, reason: string): TestResult[] {
  return suite.tests.map(test => ignored(suite, test, reason));
}

function ignored(suite: Suite, test: Test, reason: string): TestResult {
  return {suite: suite.name, name: test.name, description: test.description, outcome: 'ignored', reason, seconds: 0};
}

function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1000;
}
