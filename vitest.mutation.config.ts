import { defineConfig } from 'vitest/config';

/** What `npm run test:mutation` runs against each mutant: the pure tests of core/domain/drift, and nothing that is slow. */
export default defineConfig({ test: { include: ['test/core/domain/drift/**/*.test.ts'], testTimeout: 20_000 } });
