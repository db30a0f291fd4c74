import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toJsonFile, writeTrainingResult } from '../shared/training-result.ts';
import { trainDigitsModel } from './train-digits-model.ts';

const USAGE = `node examples/digits/train.ts [--out DIR | --out model.onnx] [--seed 1] [--images 2000]

Draws images of digits, trains the image model and writes into DIR (default: build/digits)
  model.onnx  metrics.json  lineage.json  samples.json`;

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'build/digits' },
      seed: { type: 'string', default: '1' },
      images: { type: 'string', default: '2000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const training = trainDigitsModel({ seed: Number(values.seed), trainingImages: Number(values.images) });
  const { directory } = writeTrainingResult(values.out, training);
  writeFileSync(join(directory, 'samples.json'), toJsonFile(training.samples));
  console.log(JSON.stringify({ out: values.out, metrics: training.metrics }));
}

main();
