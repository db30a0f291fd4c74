import type { ExternalRange } from './external-range.ts';
import { inlineTensor } from './external-tensor.ts';
import { type Pieces, piecesField, rewriteFields } from './message-pieces.ts';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, SPARSE_TENSOR } from './model-proto.ts';
import { malformed } from './protobuf-cursor.ts';

/** A model whose weights are in other files, as the one file that it will be. */
export interface PackingPlan {
  /** The model with a hole for each tensor that is elsewhere. */
  readonly model: Pieces;
  /** Every file that holds weights, once each, in the order of the model. */
  readonly locations: readonly string[];
  readonly ranges: readonly ExternalRange[];
}

type Rewrite = (content: Uint8Array, depth: number) => Pieces | undefined;

/** ONNX Runtime's protobuf takes 100 messages within one another; a subgraph is three of them (graph, node, attribute). */
const DEPTH_LIMIT = 32;

/**
 * Finds every tensor whose values are in another file: initializers, sparse ones, and attributes of nodes (`Constant`), in
 * the graph, in the bodies of `If`, `Loop` and `Scan`, and in the model's own functions. Nothing of the weights is read.
 *
 * All messages that may hold one are looked through, so that a model for which there is nothing to plan refers to no file.
 *
 * @returns undefined where the model is one file already
 * @throws `onnx.external_data_unsafe`, `onnx.external_data_invalid`, `onnx.malformed`
 *
 * Cost: O(file size) time; memory grows with the number of tensors, not with their size.
 */
export function planPacking(file: Uint8Array): PackingPlan | undefined {
  const model = rewriteFields(file, nested({ [MODEL.graph]: inlineGraph, [MODEL.functions]: inlineFunction }, 0));
  if (!model) return undefined;
  const ranges = model.parts.filter((part): part is ExternalRange => !(part instanceof Uint8Array));
  return { model, ranges, locations: [...new Set(ranges.map(({ location }) => location))] };
}

/** Rewrites the fields whose content `rewrites` knows, by number. */
const nested =
  (rewrites: Readonly<Record<number, Rewrite>>, depth: number) =>
  ({ number, content }: { number: number; content: Uint8Array }): Pieces | undefined => {
    const rewritten = rewrites[number]?.(content, depth);
    return rewritten && piecesField(number, rewritten);
  };

const tensor: Rewrite = (content) => inlineTensor(content);

const sparseTensor: Rewrite = (content, depth) =>
  rewriteFields(content, nested({ [SPARSE_TENSOR.values]: tensor, [SPARSE_TENSOR.indices]: tensor }, depth));

const inlineAttribute: Rewrite = (content, depth) =>
  rewriteFields(
    content,
    nested(
      {
        [ATTRIBUTE.tensor]: tensor,
        [ATTRIBUTE.tensors]: tensor,
        [ATTRIBUTE.sparseTensor]: sparseTensor,
        [ATTRIBUTE.sparseTensors]: sparseTensor,
        [ATTRIBUTE.graph]: inlineGraph,
        [ATTRIBUTE.graphs]: inlineGraph,
      },
      depth,
    ),
  );

const inlineNode: Rewrite = (content, depth) =>
  rewriteFields(content, nested({ [NODE.attribute]: inlineAttribute }, depth));

function inlineGraph(content: Uint8Array, depth: number): Pieces | undefined {
  if (depth > DEPTH_LIMIT) {
    throw malformed(content.byteOffset, `its graphs are nested more than ${DEPTH_LIMIT} deep`);
  }
  const rewrites = {
    [GRAPH.node]: inlineNode,
    [GRAPH.initializer]: tensor,
    [GRAPH.sparseInitializer]: sparseTensor,
  };
  return rewriteFields(content, nested(rewrites, depth + 1));
}

const inlineFunction: Rewrite = (content, depth) =>
  rewriteFields(
    content,
    nested({ [FUNCTION.node]: inlineNode, [FUNCTION.attributeDefault]: inlineAttribute }, depth + 1),
  );
