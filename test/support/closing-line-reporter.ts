import type { Reporter, TestModule } from 'vitest/node';

/** Prints the run's totals as the very last line: `N passed, N failed, N skipped`. A module that
 * cannot be read counts as failed, and so does a suite whose hook fails: its tests would show as skipped only. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const unreadable = modules.filter((module) => module.errors().length > 0).length;
    const suites = modules.flatMap((module) => [...module.children.allSuites()]);
    const brokenSuites = suites.filter((suite) => suite.errors().length > 0).length;
    const failed = count('failed') + unreadable + brokenSuites + unhandledErrors.length;
    // Other reporters still write their summary in this tick.
    setImmediate(() => console.log(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`));
  }
}
