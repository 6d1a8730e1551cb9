import type {Reporter, TestModule, TestRunEndReason} from 'vitest/node';

/** Ends a run with one line that says how it went: `N passed, N failed, N skipped`. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason) {
    const count = {passed: 0, failed: 0, skipped: 0, pending: 0};
    for (const module of modules) {
      let failedInside = false;
      for (const test of module.children.allTests()) {
        const {state} = test.result();
        count[state]++;
        failedInside ||= state === 'failed';
      }
      if (module.state() === 'failed' && !failedInside) count.failed++;
    }
    const failed = count.failed + count.pending + (errors.length || (reason === 'passed' || count.failed > 0 ? 0 : 1));
    process.on('exit', () => process.stdout.write(`${count.passed} passed, ${failed} failed, ${count.skipped} skipped\n`));
  }
}
