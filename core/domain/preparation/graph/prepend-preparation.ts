import { PlatformError } from '../../errors.ts';
import { encodeConstant, encodeNode, encodeValue } from '../../onnx/encode-model.ts';
import { joinPieces, pieces, piecesField, rewriteFields } from '../../onnx/message-pieces.ts';
import { ENTRY, GRAPH, MODEL, NODE, OPSET, TENSOR } from '../../onnx/model-proto.ts';
import { readFields, readText } from '../../onnx/protobuf-reader.ts';
import { bytesField, message, textField, varintField } from '../../onnx/protobuf-writer.ts';
import { readOnnxModel } from '../../onnx/read-model.ts';
import { readOperators } from '../../onnx/read-operators.ts';
import type { PreparationPlan } from '../plan.ts';
import { preparationGraph } from './preparation-graph.ts';

const FLOAT = 1;
const ML = 'ai.onnx.ml';

/**
 * Writes a preparation in front of a trained model, whoever trained it: what took features `[N, F]` takes the raw columns by name.
 *
 * Everything else in the file stays as it is, byte for byte, but `feature_names` in its metadata, which become the names of the inputs.
 *
 * @throws `onnx.unsupported` for a model with other than one float input `[N, F]` of as many features, an operator set before 13, or a
 *   tensor of the same name as a raw column
 */
export function prependPreparation(model: Uint8Array, plan: PreparationPlan): Uint8Array {
  const { inputs } = readOnnxModel(model);
  const [input, ...others] = inputs;
  const shape = input?.tensor?.shape;
  if (!input || others.length > 0 || input.tensor?.elementType !== FLOAT || shape?.length !== 2)
    throw unsupported('a model with one float input [N, F] is needed to write a preparation in front of it');
  if (typeof shape[1] === 'number' && shape[1] !== plan.features.length)
    throw unsupported(`the model takes ${shape[1]} features, the preparation makes ${plan.features.length}`);
  if (typeof shape[0] === 'number')
    throw unsupported('the model takes a fixed number of rows; export it with a dynamic first axis');
  const { operatorSets } = readOperators(model);
  const version = operatorSets.find(({ domain }) => domain === 'ai.onnx')?.version ?? 0;
  if (version < 13) throw unsupported(`the model is of operator set ${version}; export it with 13 or later`);
  const hasMl = operatorSets.some(({ domain }) => domain === ML);
  const graph = preparationGraph(plan, input.name);
  const metadata = Object.entries({
    raw_columns: JSON.stringify(graph.inputs.map(({ name }) => name)),
    prepared_features: JSON.stringify(plan.features),
  }).map(([key, value]) =>
    bytesField(MODEL.metadataProps, message(textField(ENTRY.key, key), textField(ENTRY.value, value))),
  );
  const rewritten = rewriteFields(model, ({ number, content }) => {
    if (number === MODEL.graph) return piecesField(MODEL.graph, graphWith(content, graph));
    const isFeatureNames = number === MODEL.metadataProps && textOf(content, ENTRY.key) === 'feature_names';
    return isFeatureNames ? pieces() : undefined;
  });
  const opset = hasMl
    ? []
    : [bytesField(MODEL.opsetImport, message(textField(OPSET.domain, ML), varintField(OPSET.version, 3)))];
  return joinPieces(pieces(...(rewritten ? [rewritten] : []), ...opset, ...metadata)).bytes;
}

function graphWith(content: Uint8Array, { inputs, nodes, constants }: ReturnType<typeof preparationGraph>) {
  refuseCollisions(content, new Set(inputs.map(({ name }) => name)));
  const without = rewriteFields(content, ({ number }) => (number === GRAPH.input ? pieces() : undefined));
  return pieces(
    ...nodes.map((node, i) => bytesField(GRAPH.node, encodeNode(node, i))),
    ...constants.map((constant) => bytesField(GRAPH.initializer, encodeConstant(constant))),
    ...inputs.map((value) => bytesField(GRAPH.input, encodeValue(value))),
    ...(without ? [without] : []),
  );
}

function refuseCollisions(graph: Uint8Array, inputs: ReadonlySet<string>): void {
  rewriteFields(graph, ({ number, content }) => {
    const names =
      number === GRAPH.node
        ? [...textsOf(content, NODE.input), ...textsOf(content, NODE.output)]
        : number === GRAPH.initializer
          ? textsOf(content, TENSOR.name)
          : [];
    const taken = names.find((name) => inputs.has(name));
    if (taken !== undefined)
      throw unsupported(`the model has a tensor ${taken} of its own: rename the raw column of that name`, taken);
    return undefined;
  });
}

const textsOf = (content: Uint8Array, field: number): string[] =>
  [...readFields(content)].flatMap(({ number, bytes }) => (number === field && bytes ? [readText(bytes)] : []));

const textOf = (content: Uint8Array, field: number): string | undefined => textsOf(content, field)[0];

const unsupported = (problem: string, tensor?: string) =>
  new PlatformError('onnx.unsupported', {
    message: problem,
    details: { what: problem, ...(tensor !== undefined && { tensor }) },
  });
