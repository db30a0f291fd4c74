import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CaptureRecord } from '../../../../core/contracts/capture.ts';
import { captureRecord, type Prediction } from '../../../../core/domain/capture/capture-record.ts';
import { planRedaction, type RedactionRules } from '../../../../core/domain/capture/redaction-plan.ts';
import type { Tensor } from '../../../../core/domain/inference/tensor.ts';
import { aPrediction } from '../../../support/a-prediction.ts';
import { aVersion } from '../../../support/a-version.ts';

const pseudonym = (text: string) => createHmac('sha256', 'key').update(text).digest('hex');
const LIMIT_BYTES = 1_000 * 1024;

function record(parts: Partial<Prediction> = {}, rules: Partial<RedactionRules> = {}, limitBytes = LIMIT_BYTES) {
  const prediction = aPrediction(parts);
  const plan = planRedaction({ hash: [], drop: [], ...rules }, prediction.model);
  const { text, truncated } = captureRecord(prediction, plan, { pseudonym, limitBytes });
  const parsed = CaptureRecord.parse(JSON.parse(text));
  return {
    ...parsed,
    text,
    truncated,
    input: parsed.captureData.endpointInput,
    output: parsed.captureData.endpointOutput,
  };
}

/** A model with named features: `card` and `amount` in one FP32 [N, 2] input. */
const features = { model: aVersion({ metadata: { feature_names: '["card","amount"]' } }) };

const card: Tensor = { name: 'card', datatype: 'INT64', shape: [2], data: BigInt64Array.of(9007199254740993n, 7n) };
const name: Tensor = { name: 'name', datatype: 'BYTES', shape: [2], data: ['Ada "A", Byron', 'Bob'] };
const score: Tensor = { name: 'score', datatype: 'FP64', shape: [2], data: Float64Array.of(Number.NaN, -Infinity) };
/** A model of three named inputs, two rows asked. */
const tensors = {
  model: aVersion({
    signature: {
      inputs: [card, name, score].map(({ name, datatype }) => ({ name, datatype, shape: ['N'] })),
      outputs: [{ name: 'score', datatype: 'FP64', shape: ['N'] }],
    },
  }),
  inputs: [card, name, score],
  outputs: [score],
};

describe('a capture record', () => {
  it('holds the bodies as they were, and what SageMaker and this platform know of the prediction', () => {
    const { text: _, truncated, input, output, ...rest } = record();
    const { request, response } = aPrediction();
    expect(input).toEqual({
      observedContentType: 'application/json',
      mode: 'INPUT',
      data: request().data,
      encoding: 'JSON',
    });
    expect(output.data).toBe(response().data);
    expect(truncated).toBe(false);
    expect(rest).toMatchObject({
      eventMetadata: { eventId: 'event-1', inferenceId: 'prediction-1', inferenceTime: '2026-06-01T12:00:00.000Z' },
      eventVersion: '0',
      keelson: { service: 'fraud', version: 1, variant: 'champion', route: 'POST /v2/models/fraud/infer' },
    });
  });

  it('holds the caller’s route key as a hash, which is not that of a subject of the same name', () => {
    const { text, keelson } = record({ routeKey: 'customer-17', subject: 'customer-17' }, { subject: 'header:x' });
    expect(text).not.toContain('customer-17');
    expect(keelson.routeKey).toBe(pseudonym('route-key\0customer-17'));
    expect(keelson.routeKey).not.toBe(keelson.subject);
    expect(record().keelson).not.toHaveProperty('routeKey');
  });

  it('is one line whatever the body holds', () => {
    const data = '{\r\n"inputs": [] }\u2028\n';
    const { text, input } = record({ request: () => ({ contentType: 'application/json', encoding: 'JSON', data }) });
    expect(text).not.toMatch(/[\r\n]/);
    expect(input.data).toBe(data);
  });
});

describe('redaction', () => {
  it('hashes and drops features of a single input in JSON, keeping the other columns in their places', () => {
    const inputs: Tensor[] = [{ name: 'x', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(7, 1.5, 8, NaN) }];
    const hashed = record({ ...features, inputs }, { hash: ['card'] });
    expect(hashed.input.data).toBe(
      `{"inputs":[{"name":"x","datatype":"FP32","shape":[2,2],"data":["${pseudonym('field\0card\x007')}",1.5,"${pseudonym('field\0card\x008')}",NaN]}]}`,
    );
    expect(record({ ...features, inputs }, { drop: ['card'] }).input.data).toContain('"data":[null,1.5,null,NaN]');
  });

  it('keeps CSV a table: a hash or an empty cell where the value stood', () => {
    const request = () => ({ contentType: 'text/csv', encoding: 'CSV' as const, data: 'not looked at' });
    const { input } = record({ ...tensors, request }, { hash: ['card'], drop: ['score'] });
    expect(input).toMatchObject({ observedContentType: 'text/csv', encoding: 'CSV' });
    expect(input.data).toBe(
      `${pseudonym('field\0card\x009007199254740993')},"Ada ""A"", Byron",\n${pseudonym('field\0card\x007')},Bob,\n`,
    );
  });

  it('takes names of inputs and outputs, and writes a binary body as JSON then', () => {
    const request = () => ({ contentType: 'application/octet-stream', encoding: 'BASE64' as const, data: 'AAAA' });
    const { input, output } = record({ ...tensors, request }, { drop: ['name', 'score'] });
    expect(input).toMatchObject({ observedContentType: 'application/json', encoding: 'JSON' });
    expect(input.data).toBe('{"inputs":[{"name":"card","datatype":"INT64","shape":[2],"data":[9007199254740993,7]}]}');
    expect(output.data).toBe('{"outputs":[]}');
  });

  it('leaves a side as it was sent that no rule touches', () => {
    const { request, response } = aPrediction();
    const { input, output } = record({}, { hash: ['y'] });
    expect(input.data).toBe(request().data);
    expect(output.data).not.toBe(response().data);
  });

  it('loses what a body held beside the tensors', () => {
    const data = '{"parameters":{"card":"4111"},"inputs":[]}';
    const request = () => ({ contentType: 'application/json', encoding: 'JSON' as const, data });
    expect(record({ ...features, request }, { drop: ['card'] }).text).not.toContain('4111');
  });

  it('gives the same value another hash in another field', () => {
    const inputs: Tensor[] = [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(7, 7) }];
    const { input } = record({ ...features, inputs }, { hash: ['card', 'amount'] });
    const [first, second] = JSON.parse(input.data).inputs[0].data;
    expect(first).not.toBe(second);
  });

  it.each([
    ['a name that the model does not have', features, { hash: ['iban'] }, ['iban']],
    ['a feature of a model that names none', {}, { drop: ['card'] }, ['card']],
    ['a subject that the model does not have', features, { subject: 'customer' }, ['customer']],
    [
      'names that are not as many as the columns',
      { model: aVersion({ metadata: { feature_names: '["card"]' } }) },
      { drop: ['card'] },
      ['card'],
    ],
    [
      'names that are no JSON',
      { model: aVersion({ metadata: { feature_names: 'card' } }) },
      { drop: ['card'] },
      ['card'],
    ],
  ])('writes no payload at all for %s', (_, parts, rules, withheld) => {
    const { input, output, keelson } = record(parts, rules);
    expect([input.data, output.data]).toEqual(['', '']);
    expect(keelson.withheld).toEqual(withheld);
  });
});

describe('the subject', () => {
  const hashOf = (subject: string) => pseudonym(`subject\0${subject}`);

  it('is the hash of a feature, as whole digits whatever the datatype', () => {
    const inputs: Tensor[] = [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(4711, 2) }];
    expect(record({ ...features, inputs }, { subject: 'card' }).keelson.subject).toBe(hashOf('4711'));
  });

  it('is one for each row where a request has several', () => {
    expect(record(tensors, { subject: 'name' }).keelson.subject).toEqual([hashOf('Ada "A", Byron'), hashOf('Bob')]);
  });

  it('is what a header says, where that is declared and sent', () => {
    const rules = { subject: 'header:X-Customer' };
    expect(record({ subject: 'c-17' }, rules).keelson.subject).toBe(hashOf('c-17'));
    expect(record({}, rules).keelson).not.toHaveProperty('subject');
  });
});

describe('a record that Firehose would not take', () => {
  const payload = (bytes: number) => () => ({
    contentType: 'text/csv',
    encoding: 'CSV' as const,
    // Three bytes each, so that the limit is one of bytes and not of characters.
    data: '€'.repeat(bytes / 3),
  });

  it.each([
    ['is whole below the limit', 300, 300, undefined],
    ['leaves the larger payload out', 900, 300, ['input']],
    ['leaves the larger payload out, the output too', 300, 900, ['output']],
    ['leaves both out', 1_200, 1_500, ['input', 'output']],
  ])('%s', (_, requestBytes, responseBytes, expected) => {
    const made = record({ request: payload(requestBytes), response: payload(responseBytes) }, {}, 1_100);
    expect(Buffer.byteLength(made.text)).toBeLessThan(1_100);
    expect(made.keelson.truncated).toEqual(expected);
    expect(made.truncated).toBe(expected !== undefined);
    expect(made.input.data === '').toBe(expected?.includes('input') ?? false);
  });
});
