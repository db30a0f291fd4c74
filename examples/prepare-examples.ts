import { bearerToken, createKeelsonClient, type KeelsonClient } from '../apps/client/index.ts';
import { trainDigitsModel } from './digits/train-digits-model.ts';
import { trainFraudModel } from './fraud/train-fraud-model.ts';
import type { TrainingResult } from './shared/training-result.ts';

interface Example {
  readonly service: string;
  readonly says: string;
  readonly train: () => TrainingResult;
  readonly suggestions: (to: Caller) => readonly string[];
}

/** What command lines must say to reach the platform and be let in. */
interface Caller {
  readonly url: string;
  readonly curlOptions: string;
  readonly keelsonOptions: string;
}

const SEED = 1;

const EXAMPLES: readonly Example[] = [
  {
    service: 'fraud',
    says: 'training the fraud model on simulated card transactions',
    train: () => trainFraudModel({ seed: SEED }),
    suggestions: ({ url, curlOptions, keelsonOptions }) => [
      `curl -s ${url}/v2/models/fraud/infer${curlOptions} -d @examples/fraud/request.json`,
      `npx keelson predict fraud --input examples/fraud/request.json${keelsonOptions}`,
    ],
  },
  {
    service: 'digits',
    says: 'training the digits model on drawn images',
    train: () => trainDigitsModel({ seed: SEED }),
    suggestions: ({ keelsonOptions }) => [
      `npx keelson predict digits --input examples/digits/request.json${keelsonOptions}`,
    ],
  },
];

/**
 * Trains, registers and rolls out the examples that are declared and have nothing to serve yet.
 *
 * @returns what to try, a line each
 */
export async function prepareExamples(
  url: string,
  { token, log }: { token?: string | undefined; log: (line: string) => void },
): Promise<string[]> {
  const client = createKeelsonClient({ url, ...(token !== undefined && { sign: bearerToken(token) }) });
  const services = new Map((await client.services()).map((summary) => [summary.service, summary]));
  const declared = EXAMPLES.filter(({ service }) => services.get(service)?.declared);
  for (const example of declared) {
    const { champion = null, latestVersion = 0 } = services.get(example.service) ?? {};
    if (champion !== null) continue;
    // A start that was cut short may have registered without rolling out.
    const version = latestVersion > 0 ? latestVersion : await registerExample(client, example, log);
    await client.rollout(example.service, version);
  }
  const caller = callerOf(url, token);
  const suggestions = declared.flatMap((example) => example.suggestions(caller));
  return suggestions.length === 0 ? [] : ['', 'try:', ...suggestions.map((line) => `  ${line}`)];
}

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** The token itself is not printed: logs are kept. */
const callerOf = (url: string, token: string | undefined): Caller => ({
  url,
  curlOptions: token === undefined ? '' : ' -H "authorization: Bearer $KEELSON_TOKEN"',
  keelsonOptions: `${url === DEFAULT_URL ? '' : ` --url ${url}`}${token === undefined ? '' : ' --token "$KEELSON_TOKEN"'}`,
});

async function registerExample(client: KeelsonClient, example: Example, log: (line: string) => void): Promise<number> {
  log(`${example.service}: ${example.says}`);
  const { onnx, metrics, lineage, hyperparameters, baseline } = example.train();
  const { version } = await client.register(example.service, onnx, {
    metrics: { ...metrics },
    ...(baseline !== undefined && { baseline: { source: new TextEncoder().encode(baseline), format: 'csv' } }),
    // As JSON has it: what is undefined is left out.
    lineage: JSON.parse(JSON.stringify({ ...lineage, hyperparameters })),
  });
  log(`${example.service}: version ${version} registered (${summary(metrics)})`);
  return version;
}

/** The figure that people look at first. */
function summary(metrics: Readonly<Record<string, number>>): string {
  const name = metrics['roc_auc'] === undefined ? 'accuracy' : 'roc_auc';
  return `${name} ${metrics[name]?.toFixed(3)} on ${metrics['rows']} held-out rows`;
}
