import { expect, it } from 'vitest';
import { ATTRIBUTE } from '../../../../core/domain/onnx/model-proto.ts';
import { message, textField } from '../../../../core/domain/onnx/protobuf-writer.ts';
import { readOperatorGraph } from '../../../../core/domain/onnx/read-graph.ts';
import { ELEMENT, node, onnxModel, tensorValue } from '../../../support/onnx-models.ts';

/** The same text `count` times, as a forest states the modes of its nodes. */
function repeated(text: string, count: number): Uint8Array {
  const field = textField(ATTRIBUTE.strings, text);
  const bytes = new Uint8Array(field.length * count);
  for (let i = 0; i < count; i += 1) bytes.set(field, i * field.length);
  return bytes;
}

// Looking through all of the texts for each would take minutes here.
it('reads the modes of a forest of 300,000 nodes', () => {
  const modes = message(
    textField(ATTRIBUTE.name, 'nodes_modes'),
    repeated('BRANCH_LEQ', 1),
    repeated('LEAF', 300_000),
    repeated('BRANCH_LT', 2),
    repeated('BRANCH_LEQ', 1),
  );
  const graph = readOperatorGraph(
    onnxModel({
      outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
      nodes: [node('TreeEnsembleRegressor', { inputs: ['x'], outputs: ['y'], attributes: [modes] })],
    }),
  );
  const texts = graph?.nodes[0]?.attributes.get('nodes_modes')?.texts ?? [];
  expect(texts).toHaveLength(300_004);
  expect(texts.filter((text) => text !== 'LEAF')).toEqual(['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_LT', 'BRANCH_LEQ']);
});
