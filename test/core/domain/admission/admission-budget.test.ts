import { describe, expect, it } from 'vitest';
import { budgetProblem, defaultBudget } from '../../../../core/domain/admission/admission-budget.ts';

describe('admission budget', () => {
  it.each([
    { memoryMiB: 1_024, timeoutSeconds: 10, budget: { memoryMiB: 512, loadMs: 5_000, latencyMs: 5_000 } },
    { memoryMiB: 513, timeoutSeconds: 1, budget: { memoryMiB: 256, loadMs: 500, latencyMs: 500 } },
    { memoryMiB: 10_240, timeoutSeconds: 29, budget: { memoryMiB: 5_120, loadMs: 7_500, latencyMs: 7_500 } },
    { memoryMiB: 32_768, timeoutSeconds: 2, budget: { memoryMiB: 9_536, loadMs: 1_000, latencyMs: 1_000 } },
  ])(
    'is half of $memoryMiB MiB and of $timeoutSeconds s, as far as a registration can wait',
    ({ budget, ...limits }) => {
      expect(defaultBudget(limits)).toEqual(budget);
      expect(budgetProblem(budget, limits.memoryMiB)).toBeUndefined();
    },
  );

  it.each([
    { budget: { memoryMiB: 0, loadMs: 1, latencyMs: 1 }, problem: /whole numbers from 1/ },
    { budget: { memoryMiB: 1, loadMs: Number.NaN, latencyMs: 1 }, problem: /whole numbers from 1/ },
    { budget: { memoryMiB: 1_025, loadMs: 1, latencyMs: 1 }, problem: /more than the 1024 MiB/ },
    {
      budget: { memoryMiB: 9_537, loadMs: 1, latencyMs: 1 },
      functionMiB: 10_240,
      problem: /at most 9536 can be tried out/,
    },
    { budget: { memoryMiB: 1, loadMs: 1, latencyMs: 15_000 }, problem: /together more than the 15000 ms/ },
  ])('fails: $problem', ({ budget, functionMiB, problem }) => {
    expect(budgetProblem(budget, functionMiB ?? 1_024)).toMatch(problem);
  });
});
