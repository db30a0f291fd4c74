import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concurrencyWarnings, defineConfig, MAX_DECLARED_SERVICES, parseConfig } from '../../lib/config.ts';
import { loadConfig } from '../../lib/load-config.ts';
import { temporaryFolder } from './synthesize.ts';

const problemsOf = (config: unknown): readonly string[] => {
  try {
    parseConfig(config);
  } catch (error) {
    return (error as { details: { problems: readonly string[] } }).details.problems;
  }
  return [];
};

const PROVIDER = 'arn:aws:lambda:eu-central-1:123456789012:capacity-provider:models';

describe('configuration', () => {
  it('needs nothing: every model is then served by the pool, and callers are asked for IAM', () => {
    expect(parseConfig({})).toEqual({
      services: {},
      pool: { memoryMiB: 2048, timeoutSeconds: 10, logRetentionDays: 30 },
      control: { memoryMiB: 1024, timeoutSeconds: 29, logRetentionDays: 30 },
      architecture: 'arm64',
      auth: { kind: 'iam' },
      captureRetentionDays: 365,
      dashboard: false,
    });
  });

  it('gives a service that says nothing 1024 MiB, 10 s and 30 days of log', () => {
    const { services } = parseConfig(defineConfig({ services: { fraud: {} } }));
    expect(services).toEqual({ fraud: { memoryMiB: 1024, timeoutSeconds: 10, logRetentionDays: 30 } });
  });

  it('takes what it allows at its edges', () => {
    const edges = {
      services: {
        small: { memoryMiB: 512, timeoutSeconds: 1, reservedConcurrency: 0, logRetentionDays: 1, description: 'x' },
        large: { memoryMiB: 10_240, timeoutSeconds: 29, reservedConcurrency: 900, logRetentionDays: 3653 },
        alone: { memoryMiB: 2_048, managedInstances: { capacityProviderArn: PROVIDER, maxConcurrency: 1 } },
        shared: {
          memoryMiB: 8_192,
          managedInstances: { capacityProviderArn: PROVIDER, maxConcurrency: 1_600, memoryGiBPerVCpu: 8 },
        },
      },
      architecture: 'x86_64',
      auth: { kind: 'jwt', issuer: 'https://login.example.com', audience: ['models'] },
    };
    expect(problemsOf(edges)).toEqual([]);
  });

  it.each([
    {
      config: { services: { f: { memoryMiB: 511 } } },
      problem: 'services.f.memoryMiB: must be a whole number of MiB from 512 to 10240, got 511',
    },
    {
      config: { services: { f: { memoryMiB: 10_241 } } },
      problem: 'services.f.memoryMiB: must be a whole number of MiB from 512 to 10240, got 10241',
    },
    {
      config: { services: { f: { memoryMiB: 1024.5 } } },
      problem: 'services.f.memoryMiB: must be a whole number of MiB from 512 to 10240, got 1024.5',
    },
    {
      config: { pool: { memoryMiB: '2048' } },
      problem: 'pool.memoryMiB: must be a whole number of MiB from 512 to 10240, got "2048"',
    },
    {
      config: { control: { timeoutSeconds: 30 } },
      problem: 'control.timeoutSeconds: must be a whole number of seconds from 1 to 29, got 30',
    },
    {
      config: { services: { f: { timeoutSeconds: 0 } } },
      problem: 'services.f.timeoutSeconds: must be a whole number of seconds from 1 to 29, got 0',
    },
    {
      config: { services: { f: { reservedConcurrency: -1 } } },
      problem: 'services.f.reservedConcurrency: must be a whole number of executions from 0 to 900, got -1',
    },
    {
      config: { services: { f: { description: '' } } },
      problem: 'services.f.description: must be a text of 1 to 256 characters, got ""',
    },
    {
      config: { services: { f: { description: 'x'.repeat(257) } } },
      problem: `services.f.description: must be a text of 1 to 256 characters, got "${'x'.repeat(257)}"`,
    },
    {
      config: { services: { f: { memory: 1024 } } },
      problem:
        'services.f: unknown option "memory"; the options are memoryMiB, timeoutSeconds, reservedConcurrency, logRetentionDays, admission, description, capture, monitor, managedInstances',
    },
    {
      config: { services: { f: { memoryMiB: 2_048, managedInstances: { capacityProviderArn: 'bench' } } } },
      problem:
        'services.f.managedInstances.capacityProviderArn: must be the ARN of a Lambda capacity provider (arn:aws:lambda:REGION:ACCOUNT:capacity-provider:NAME), got "bench"',
    },
    {
      config: {
        services: {
          f: { memoryMiB: 2_048, managedInstances: { capacityProviderArn: PROVIDER, maxConcurrency: 1_601 } },
        },
      },
      problem:
        'services.f.managedInstances.maxConcurrency: must be a whole number of requests from 1 to 1600, got 1601',
    },
    {
      config: {
        services: { f: { memoryMiB: 4_096, managedInstances: { capacityProviderArn: PROVIDER, memoryGiBPerVCpu: 3 } } },
      },
      problem: 'services.f.managedInstances.memoryGiBPerVCpu: must be one of 2, 4, 8 GiB, got 3',
    },
    {
      config: { services: { f: { managedInstances: { capacityProviderArn: PROVIDER } } } },
      problem:
        'services.f: managedInstances need at least 2048 MiB: a whole processor with 2 GiB beside it; got 1024, set memoryMiB',
    },
    {
      config: {
        services: { f: { memoryMiB: 4_096, managedInstances: { capacityProviderArn: PROVIDER, memoryGiBPerVCpu: 8 } } },
      },
      problem:
        'services.f: managedInstances need at least 8192 MiB: a whole processor with 8 GiB beside it; got 4096, set memoryMiB',
    },
    {
      config: {
        services: {
          f: { memoryMiB: 2_048, reservedConcurrency: 5, managedInstances: { capacityProviderArn: PROVIDER } },
        },
      },
      problem:
        'services.f: managedInstances take no reservedConcurrency, got 5: how many requests run at a time follows from the instances; leave it out',
    },
    {
      config: { services: { f: { admission: { maxLoadMs: 0 } } } },
      problem: 'services.f.admission.maxLoadMs: must be a whole number of milliseconds from 1 to 15000, got 0',
    },
    {
      config: { services: { f: { admission: { maxMemoryMiB: 1_025 } } } },
      problem: 'services.f.admission: allows 1025 MiB, more than the 1024 MiB that the function has; raise its memory',
    },
    {
      config: { pool: { admission: { maxLatencyMs: 10_001 } } },
      problem:
        'pool.admission: allows 5000 ms to load and 10001 ms for a row, together more than the 15000 ms that a registration can wait',
    },
    {
      config: { service: {} },
      problem:
        'unknown option "service"; the options are services, pool, control, architecture, auth, notifications, dashboard, captureRetentionDays, encryptionKeyArn',
    },
    { config: { services: [] }, problem: 'services: must be an object of services by name, got []' },
    { config: { services: { f: 1024 } }, problem: 'services.f: must be an object, got 1024' },
    { config: 'fraud', problem: 'must be an object, got "fraud"' },
    { config: undefined, problem: 'must be an object, got undefined' },
    { config: { architecture: 'arm' }, problem: 'architecture: must be "arm64" or "x86_64", got "arm"' },
    {
      config: { auth: { kind: 'jwt', issuer: 'http://login.example.com', audience: ['a'] } },
      problem: 'auth.issuer: must be the https URL of an OpenID Connect issuer, got "http://login.example.com"',
    },
    {
      config: { auth: { kind: 'jwt', issuer: 'https://login.example.com', audience: [] } },
      problem: 'auth.audience: must be a list of 1 to 50 audiences, got []',
    },
    {
      config: { encryptionKeyArn: 'alias/models' },
      problem:
        'encryptionKeyArn: must be the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID, no alias), got "alias/models"',
    },
    {
      config: { auth: { kind: 'none' } },
      problem: 'auth.reason: must be the reason why everybody may call, a text of 1 to 500 characters, got undefined',
    },
    {
      config: { auth: { kind: 'iam', audience: ['a'] } },
      problem: 'auth: unknown option "audience"; the options are kind',
    },
  ])('fails: $problem', ({ config, problem }) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  it('fails for a retention that CloudWatch Logs does not have, naming those it has', () => {
    const [problem, ...others] = problemsOf({ services: { f: { logRetentionDays: 31 } } });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^services\.f\.logRetentionDays: must be one of 1, 3, 5, 7, 14, 30, .*3653 days, got 31$/);
  });

  it('fails for a way to authorize that does not exist', () => {
    expect(problemsOf({ auth: { kind: 'basic' } })).toEqual([
      `auth.kind: must be one of { kind: 'iam' }, { kind: 'jwt', ... }, { kind: 'none', ... }, got {"kind":"basic"}`,
    ]);
  });

  it.each(['', '-fraud', 'fraud model', 'fraud/eu', 'x'.repeat(64), 'größe'])(
    'fails for the service name %j',
    (name) => {
      expect(problemsOf({ services: { [name]: {} } })).toEqual([
        `services.${name}: a service name is 1 to 63 letters, digits, "-" or "_", and starts with a letter or digit`,
      ]);
    },
  );

  it('fails for two services that differ in case alone', () => {
    expect(problemsOf({ services: { Fraud: {}, digits: {}, fraud: {} } })).toEqual([
      'services: "Fraud" and "fraud" differ in case alone, which people cannot tell apart; rename one',
    ]);
  });

  it('fails for more services than a stack has room for, and says where the others may go', () => {
    const services = Object.fromEntries(Array.from({ length: MAX_DECLARED_SERVICES + 1 }, (_, i) => [`s${i}`, {}]));
    expect(problemsOf({ services })).toEqual([
      'services: 24 are declared, one stack takes 23; leave the others out, the pool serves them, or put them in a second stack',
    ]);
  });

  it('fails once, naming every problem there is', () => {
    const config = { services: { A: { memoryMiB: 1 }, a: { timeoutSeconds: 60 }, 'b c': {} }, architecture: 'arm' };
    expect(() => parseConfig(config)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    expect(problemsOf(config)).toHaveLength(5);
    expect(() => parseConfig(config)).toThrow(/^keelson\.config\.ts has 5 problems:\n {2}- services\.A\.memoryMiB/);
  });
});

describe('reserved concurrency', () => {
  it('warns of a function that would refuse every request', () => {
    expect(concurrencyWarnings(parseConfig({ services: { fraud: { reservedConcurrency: 0 } } }))).toEqual([
      'services.fraud.reservedConcurrency is 0: the function refuses every request; leave it out for no reservation',
    ]);
  });

  it('warns of more than an account has by default', () => {
    const config = parseConfig({ pool: { reservedConcurrency: 500 }, control: { reservedConcurrency: 401 } });
    expect(concurrencyWarnings(config)).toEqual([
      "901 concurrent executions are reserved together; an account with Lambda's default limit of 1000 takes 900",
    ]);
  });

  it('says nothing of what is fine', () => {
    expect(concurrencyWarnings(parseConfig({ services: { fraud: { reservedConcurrency: 900 } } }))).toEqual([]);
  });
});

describe('configuration file', () => {
  it('is read from where it is said to be', async () => {
    const path = join(temporaryFolder(), 'staging.config.mjs');
    writeFileSync(path, 'export default { services: { fraud: {} } };');
    await expect(loadConfig(path)).resolves.toMatchObject({ services: { fraud: { memoryMiB: 1024 } } });
  });

  it('fails when there is none', async () => {
    await expect(loadConfig('nowhere.config.ts')).rejects.toThrow(
      /there is no configuration file .*nowhere\.config\.ts/,
    );
  });

  it('fails when it exports nothing', async () => {
    const path = join(temporaryFolder(), 'empty.config.mjs');
    writeFileSync(path, 'export const config = {};');
    await expect(loadConfig(path)).rejects.toThrow(/exports nothing; write 'export default defineConfig/);
  });
});
