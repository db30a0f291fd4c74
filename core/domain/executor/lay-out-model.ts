import { joinPieces, type Pieces, pieces, piecesField, rewriteFields } from '../onnx/message-pieces.ts';
import { ATTRIBUTE, GRAPH, MODEL, NODE, TENSOR } from '../onnx/model-proto.ts';
import { bytesField, message, textField, varintField } from '../onnx/protobuf-writer.ts';
import { type OperatorNode, readOperatorGraph } from '../onnx/read-graph.ts';
import { layOutTrees } from './lay-out-trees.ts';
import { LAYOUT_ATTRIBUTE, nodeReader } from './node-reader.ts';
import { LAID_OUT_ATTRIBUTES } from './operators/tree-attributes.ts';
import { layoutToBytes } from './tree-layout-bytes.ts';

const PREFIXES: Readonly<Record<string, 'class' | 'target'>> = {
  TreeEnsembleClassifier: 'class',
  TreeEnsembleRegressor: 'target',
};
const INT8 = 3;
const TENSOR_TYPE = 4;

/**
 * The file with every tree ensemble laid out as the executor walks it: reading the attributes of 100 trees takes 35 ms of a
 * cold start, viewing their layout none. For the executor alone (`acceptsLayouts`); no other runtime knows the attribute.
 *
 * @param file a model that the executor compiles
 * @returns undefined where there are no trees
 */
export function layOutModel(file: Uint8Array): Uint8Array | undefined {
  const nodes = readOperatorGraph(file)?.nodes ?? [];
  const layouts = nodes.map(layoutOf);
  if (layouts.every((layout) => layout === undefined)) return undefined;
  const rewritten = rewriteFields(file, ({ number, content }) => {
    const graph = number === MODEL.graph ? rewriteGraph(content, layouts) : undefined;
    return graph && piecesField(MODEL.graph, graph);
  });
  return rewritten && joinPieces(rewritten).bytes;
}

function layoutOf(node: OperatorNode): Uint8Array | undefined {
  const prefix = node.domain === 'ai.onnx.ml' ? PREFIXES[node.operator] : undefined;
  return prefix && layoutToBytes(layOutTrees(nodeReader(node, [], { opset: 1 }), prefix));
}

function rewriteGraph(graph: Uint8Array, layouts: readonly (Uint8Array | undefined)[]): Pieces | undefined {
  let index = -1;
  return rewriteFields(graph, ({ number, content }) => {
    if (number !== GRAPH.node) return undefined;
    index += 1;
    const layout = layouts[index];
    return layout && piecesField(GRAPH.node, rewriteNode(content, layout));
  });
}

const NOTHING = pieces();

/** Without the attributes that the layout stands for. */
function rewriteNode(node: Uint8Array, layout: Uint8Array): Pieces {
  const kept = rewriteFields(node, ({ number, content }) =>
    number === NODE.attribute && LAID_OUT_ATTRIBUTES.includes(attributeName(content)) ? NOTHING : undefined,
  );
  const tensor = message(varintField(TENSOR.dataType, INT8), bytesField(TENSOR.rawData, layout));
  const attribute = message(
    textField(ATTRIBUTE.name, LAYOUT_ATTRIBUTE),
    bytesField(ATTRIBUTE.tensor, tensor),
    varintField(ATTRIBUTE.type, TENSOR_TYPE),
  );
  return pieces(kept ?? node, bytesField(NODE.attribute, attribute));
}

function attributeName(attribute: Uint8Array): string {
  let name = '';
  rewriteFields(attribute, ({ number, content }) => {
    if (number === ATTRIBUTE.name) name = new TextDecoder().decode(content);
    return undefined;
  });
  return name;
}
