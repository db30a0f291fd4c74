import type { NodeReader } from '../node-reader.ts';
import type { CompiledNode } from '../values.ts';
import { arithmetic, cast, clip, identity, isMissing, sigmoid, where } from './element-operators.ts';
import { imputer, normalizer, scaler } from './feature-operators.ts';
import { linearClassifier, linearRegressor } from './linear.ts';
import { argMax, gemm, matMul, softmax } from './matrix-operators.ts';
import { concat, flatten, gather, reshape, squeeze, unsqueeze } from './shape-operators.ts';
import { treeEnsembleClassifier } from './tree-ensemble-classifier.ts';
import { treeEnsembleRegressor } from './tree-ensemble-regressor.ts';

/** Every operator that the executor knows, by `domain:operator`. Each compiles a node or refuses the graph. */
export const OPERATORS: Readonly<Record<string, (node: NodeReader) => CompiledNode>> = {
  'ai.onnx.ml:TreeEnsembleClassifier': treeEnsembleClassifier,
  'ai.onnx.ml:TreeEnsembleRegressor': treeEnsembleRegressor,
  'ai.onnx.ml:LinearClassifier': linearClassifier,
  'ai.onnx.ml:LinearRegressor': linearRegressor,
  'ai.onnx.ml:Scaler': scaler,
  'ai.onnx.ml:Imputer': imputer,
  'ai.onnx.ml:Normalizer': normalizer,
  ':Add': arithmetic,
  ':Sub': arithmetic,
  ':Mul': arithmetic,
  ':Div': arithmetic,
  ':Sigmoid': sigmoid,
  ':IsNaN': isMissing,
  ':Where': where,
  ':Clip': clip,
  ':Cast': cast,
  ':Identity': identity,
  ':MatMul': matMul,
  ':Gemm': gemm,
  ':Softmax': softmax,
  ':ArgMax': argMax,
  ':Concat': concat,
  ':Reshape': reshape,
  ':Flatten': flatten,
  ':Squeeze': squeeze,
  ':Unsqueeze': unsqueeze,
  ':Gather': gather,
};
