import type { Dimension } from '../inference/signature.ts';
import { joinPieces, type Pieces, pieces, piecesField, rewriteFields } from './message-pieces.ts';
import { DIMENSION, GRAPH, MODEL, NODE, SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './model-proto.ts';
import { bytesField, message, textField, varintField } from './protobuf-writer.ts';
import type { OnnxModel, OnnxValue, ZipMapNode } from './read-model.ts';

const FLOAT = 1;

export interface RewrittenModel {
  readonly bytes: Uint8Array;
  /** Class labels, by output. */
  readonly classLabels: Readonly<Record<string, readonly (string | number)[]>>;
  /** What was changed, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Replaces each ZipMap node by Identity, so that its float `[N, C]` input is what the output of the same name gives.
 * A ZipMap turns one row of scores into a map from class label to score; onnxruntime's Node API cannot return maps, and
 * no protocol here carries them. The labels are kept apart, in the order of the columns.
 *
 * Everything else in the file stays as it is, byte for byte. A model without ZipMap comes back unchanged.
 */
export function rewriteZipMaps(bytes: Uint8Array, model: OnnxModel): RewrittenModel {
  if (model.zipMaps.length === 0) return { bytes, classLabels: {}, notes: [] };
  const rows = rowDimension(model.outputs);
  const rewritten = rewriteFields(bytes, ({ number, content }) => {
    const graph = number === MODEL.graph ? rewriteGraph(content, model, rows) : undefined;
    return graph && piecesField(MODEL.graph, graph);
  });
  return {
    bytes: rewritten ? joinPieces(rewritten).bytes : bytes,
    classLabels: Object.fromEntries(model.zipMaps.map(({ output, labels }) => [output, labels])),
    notes: model.zipMaps.map(
      ({ output, labels }) =>
        `ZipMap removed: ${JSON.stringify(output)} is now a float tensor [N, ${labels.length}], its columns in the order of the class labels ${JSON.stringify(labels)}`,
    ),
  };
}

function rewriteGraph(graph: Uint8Array, model: OnnxModel, rows: Dimension): Pieces | undefined {
  const byIndex = new Map(model.zipMaps.map((zipMap) => [zipMap.index, zipMap]));
  const byOutput = new Map(model.zipMaps.map((zipMap) => [zipMap.output, zipMap]));
  let node = -1;
  let output = -1;
  return rewriteFields(graph, ({ number }) => {
    if (number === GRAPH.node) {
      node += 1;
      const zipMap = byIndex.get(node);
      if (zipMap) return pieces(bytesField(GRAPH.node, identityNode(zipMap)));
    }
    if (number === GRAPH.output) {
      output += 1;
      const zipMap = byOutput.get(model.outputs[output]?.name ?? '');
      if (zipMap) return pieces(bytesField(GRAPH.output, matrixValue(zipMap, rows)));
    }
    return undefined;
  });
}

const identityNode = ({ input, output, index }: ZipMapNode): Uint8Array =>
  message(
    textField(NODE.input, input),
    textField(NODE.output, output),
    textField(NODE.name, `keelson_identity_${index}`),
    textField(NODE.opType, 'Identity'),
  );

function matrixValue({ output, labels }: ZipMapNode, rows: Dimension): Uint8Array {
  const shape = message(
    bytesField(SHAPE.dimension, dimension(rows)),
    bytesField(SHAPE.dimension, dimension(labels.length > 0 ? labels.length : null)),
  );
  const tensor = message(varintField(TENSOR_TYPE.elementType, FLOAT), bytesField(TENSOR_TYPE.shape, shape));
  return message(textField(VALUE_INFO.name, output), bytesField(VALUE_INFO.type, bytesField(TYPE.tensor, tensor)));
}

function dimension(size: Dimension): Uint8Array {
  if (typeof size === 'number') return varintField(DIMENSION.value, size);
  return size === null ? new Uint8Array() : textField(DIMENSION.parameter, size);
}

/** The label output has one element a row, so its first dimension is the row dimension. */
function rowDimension(outputs: readonly OnnxValue[]): Dimension {
  const label = outputs.find(({ tensor }) => tensor?.shape?.length !== undefined && tensor.shape.length > 0);
  return label?.tensor?.shape?.[0] ?? null;
}
