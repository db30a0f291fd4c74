import { describe, expect, it } from 'vitest';
import { GRAPH, MODEL } from '../../../../core/domain/onnx/model-proto.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { readFields } from '../../../../core/domain/onnx/protobuf-reader.ts';
import { message } from '../../../../core/domain/onnx/protobuf-writer.ts';
import {
  ELEMENT,
  integersAttribute,
  node,
  onnxModel,
  otherValue,
  tensorValue,
  textsAttribute,
  unpackedIntegersAttribute,
  zipMapModel,
} from '../../../support/onnx-models.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');

const INTEGERS = 'classlabels_int64s';
const TEXTS = 'classlabels_strings';

/** The fields of the graph, each as its bytes. */
function graphFields(bytes: Uint8Array): { number: number; raw: string }[] {
  const graph = [...readFields(bytes)].find(({ number }) => number === MODEL.graph)?.bytes ?? new Uint8Array();
  return [...readFields(graph)].map(({ number, raw }) => ({ number, raw: Buffer.from(raw).toString('hex') }));
}

describe('ZipMap', () => {
  it.each([
    { what: 'packed integers', attribute: integersAttribute(INTEGERS, [0, 1]), labels: [0, 1] },
    { what: 'integers one by one', attribute: unpackedIntegersAttribute(INTEGERS, [3, 5]), labels: [3, 5] },
    { what: 'negative integers', attribute: integersAttribute(INTEGERS, [-1, 1]), labels: [-1, 1] },
    { what: 'texts', attribute: textsAttribute(TEXTS, ['no', 'yés']), labels: ['no', 'yés'] },
  ])('becomes a tensor whose labels are kept: $what', ({ attribute, labels }) => {
    const { signature, classLabels, notes } = prepareModel(zipMapModel(['scores_by_class'], attribute));
    expect(signature.outputs).toEqual([
      { name: 'label', datatype: 'INT64', shape: ['N'] },
      { name: 'scores_by_class', datatype: 'FP32', shape: ['N', 2] },
    ]);
    expect(classLabels).toEqual({ scores_by_class: labels });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('ZipMap removed: "scores_by_class"');
    expect(notes[0]).toContain(JSON.stringify(labels));
  });

  it('becomes a tensor of unknown width where it states no labels', () => {
    const { signature, classLabels } = prepareModel(zipMapModel(['p'], integersAttribute('other', [1, 2])));
    expect(signature.outputs[1]).toEqual({ name: 'p', datatype: 'FP32', shape: ['N', null] });
    expect(classLabels).toEqual({ p: [] });
  });

  it('takes its rows from no other output where there is none', () => {
    const model = onnxModel({
      inputs: [tensorValue('x', ELEMENT.FP32, ['N', 2])],
      outputs: [otherValue('p', 'sequence')],
      nodes: [node('ZipMap', { inputs: ['x'], outputs: ['p'], attributes: [integersAttribute(INTEGERS, [0, 1])] })],
    });
    expect(prepareModel(model).signature.outputs).toEqual([{ name: 'p', datatype: 'FP32', shape: [null, 2] }]);
  });

  it('takes a fixed number of rows from the label output', () => {
    const model = onnxModel({
      inputs: [tensorValue('x', ELEMENT.FP32, [1, 2])],
      outputs: [tensorValue('label', ELEMENT.INT64, [1]), otherValue('p', 'sequence')],
      nodes: [node('ZipMap', { inputs: ['x'], outputs: ['p'], attributes: [integersAttribute(INTEGERS, [0, 1])] })],
    });
    expect(prepareModel(model).signature.outputs[1]?.shape).toEqual([1, 2]);
  });

  it('leaves everything but its node and its output as it was, byte for byte', () => {
    const original = zipMapModel(['p'], integersAttribute(INTEGERS, [0, 1]));
    const { bytes } = prepareModel(original);
    const before = graphFields(original);
    const after = graphFields(bytes);
    const changed = before.flatMap((field, at) => (field.raw === after[at]?.raw ? [] : [[field.number, at]]));
    expect(after).toHaveLength(before.length);
    // The last node, and the last output.
    expect(changed).toEqual([
      [GRAPH.node, 3],
      [GRAPH.output, before.length - 1],
    ]);
    const others = (model: Uint8Array) =>
      message(...[...readFields(model)].filter(({ number }) => number !== MODEL.graph).map(({ raw }) => raw));
    expect(others(bytes)).toEqual(others(original));
  });

  it('leaves a sequence that no ZipMap makes, which is then refused by name', () => {
    const model = onnxModel({
      inputs: [tensorValue('x', ELEMENT.FP32, ['N', 2])],
      outputs: [otherValue('p', 'sequence'), otherValue('s', 'sequence')],
      nodes: [
        node('ZipMap', { inputs: ['x'], outputs: ['p'], attributes: [integersAttribute(INTEGERS, [0, 1])] }),
        node('SequenceConstruct', { inputs: ['x'], outputs: ['s'] }),
      ],
    });
    expect(() => prepareModel(model)).toThrow(
      expect.objectContaining({ code: 'onnx.unsupported', details: { what: 'sequence', tensor: 's' } }),
    );
  });

  it.each([{ outputs: ['p'] }, { outputs: ['p', 'q'] }])(
    'gives $outputs as tensors that onnxruntime returns',
    async ({ outputs }) => {
      const { bytes } = prepareModel(zipMapModel(outputs, textsAttribute(TEXTS, ['no', 'yes'])));
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
      const results = await session.run({ x: new Tensor('float32', Float32Array.of(0, 0, -5, 5), [2, 2]) });
      expect(Object.keys(results)).toEqual(['label', ...outputs]);
      expect(results['label']?.data).toEqual(BigInt64Array.of(0n, 1n));
      for (const name of outputs) {
        expect(results[name]?.dims).toEqual([2, 2]);
        const scores = results[name]?.data as Float32Array;
        expect(scores[0]).toBeCloseTo(0.5, 6);
        expect(scores[3]).toBeCloseTo(1 / (1 + Math.exp(-10)), 6);
      }
      await session.release();
    },
  );
});
