import { defineConfig } from 'vitest/config';

// Projects differ only in how long a test may take: synthesizing CDK and starting the whole platform are slow by nature.
const slow = ['test/lib/**', 'test/platform/**', 'test/architecture.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: slow, testTimeout: 20_000 } },
      {
        test: {
          name: 'slow',
          include: slow.map((pattern) => (pattern.endsWith('.ts') ? pattern : `${pattern}/*.test.ts`)),
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
