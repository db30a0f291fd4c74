/** The direction of dependencies. Each rule is proven by a planted violation in test/architecture.test.ts. */
const AWS_SDK = '(^|/)node_modules/(@aws-sdk|@smithy)/';
const ONNXRUNTIME = '(^|/)node_modules/onnxruntime';
const CDK = '(^|/)node_modules/(aws-cdk-lib|constructs|cdk-nag)/';

/** A rule that refuses every dependency from `from` to `to`. */
const refuse = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    refuse('no-circular', 'A cycle cannot be understood one file at a time.', {}, { circular: true }),
    refuse(
      'no-orphans',
      'A file that nothing uses is dead.',
      {
        orphan: true,
        pathNot:
          '(^\\.dependency-cruiser\\.cjs|\\.d\\.ts|bench/cold-start/.*\\.cjs|vitest(\\.mutation)?\\.config\\.ts|keelson\\.config\\.ts)$',
      },
      {},
    ),
    refuse(
      'not-to-unresolvable',
      'An import that cannot be resolved fails in production.',
      {},
      { couldNotResolve: true },
    ),
    refuse(
      'nothing-imports-tests',
      'Tests prove the product; they are no part of it.',
      { pathNot: '^test/' },
      { path: '^test/' },
    ),
    refuse(
      'domain-imports-itself-only',
      'The domain is pure: no npm package, no node: module, nothing from outside core/domain.',
      { path: '^core/domain/' },
      { pathNot: '^core/domain/' },
    ),
    refuse(
      'contracts-import-domain-and-zod',
      'Contracts describe what crosses a process boundary; zod is their only library.',
      { path: '^core/contracts/' },
      { pathNot: '^(core/(contracts|domain)/|node_modules/zod/)' },
    ),
    refuse(
      'core-never-looks-outward',
      'core thinks; it does no I/O and knows nobody.',
      { path: '^core/(ports|usecases)/' },
      { pathNot: '^core/' },
    ),
    refuse(
      'adapters-know-core-only',
      'An adapter implements a port with one library.',
      { path: '^adapters/' },
      { path: '^(lib|lambdas|local|apps|bin|examples|bench)/' },
    ),
    refuse(
      'aws-and-onnx-are-strangers',
      'Adapters of different libraries do not know one another.',
      { path: '^adapters/(aws|onnx)/' },
      { path: '^adapters/', pathNot: '^adapters/$1/' },
    ),
    refuse(
      'aws-sdk-in-its-adapter',
      'The AWS SDK lives in adapters/aws and wire.ts only.',
      { pathNot: '^(adapters/aws/|lambdas/[^/]+/wire[-a-z]*\\.ts$|test/|bench/|scripts/|node_modules/)' },
      { path: AWS_SDK },
    ),
    refuse(
      'onnxruntime-in-its-adapter',
      'onnxruntime lives in adapters/onnx only.',
      { pathNot: '^(adapters/onnx/|test/|bench/|examples/|node_modules/)' },
      { path: ONNXRUNTIME },
    ),
    refuse(
      'cdk-in-lib',
      'CDK lives in lib and bin/app.ts only.',
      { pathNot: '^(lib/|bin/app\\.ts$|keelson\\.config\\.ts$|examples/cdk-app/|test/|node_modules/)' },
      { path: CDK },
    ),
    refuse(
      'lambdas-are-strangers',
      'A function never imports another function.',
      { path: '^lambdas/([^/]+)/', pathNot: '^lambdas/_shared/' },
      { path: '^lambdas/', pathNot: '^lambdas/($1|_shared)/' },
    ),
    refuse(
      'shared-is-not-a-function',
      'What functions share knows none of them.',
      { path: '^lambdas/_shared/' },
      { path: '^lambdas/', pathNot: '^lambdas/_shared/' },
    ),
    refuse(
      'handlers-know-no-adapter',
      'A handler says what is done; wire.ts says with what.',
      { path: '^lambdas/', pathNot: '/wire[-a-z]*\\.ts$' },
      { path: '^adapters/' },
    ),
    refuse(
      'lambdas-know-core-and-adapters',
      'A function is made of core and adapters.',
      { path: '^lambdas/' },
      { path: '^(lib|local|apps|bin|examples|bench)/' },
    ),
    refuse(
      'lib-knows-contracts-and-domain',
      'Infrastructure and handlers meet in the contracts, nowhere else.',
      { path: '^lib/' },
      { path: '^(core/(ports|usecases)|adapters|lambdas|local|apps|bin|examples|bench)/' },
    ),
    refuse(
      'local-knows-the-assembly-only',
      'Whatever local needs to know it reads from the template.',
      { path: '^local/' },
      { path: '^(core|adapters|lambdas|lib|apps|bin|examples|bench|scripts)/' },
    ),
    refuse(
      'apps-speak-http',
      'Apps know core/contracts only; everything else they ask over HTTP.',
      { path: '^apps/' },
      { path: '^(core/(domain|ports|usecases)|adapters|lambdas|lib|local|bin|examples|bench)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What we are measured against is written as a stranger would, without our rules.
    exclude: { path: '^(dist|cdk\\.out|\\.keelson|\\.stryker|coverage|bench/http/contenders)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
