import { encodeOnnxModel } from '../../../../../core/domain/onnx/encode-model.ts';
import { prependPreparation } from '../../../../../core/domain/preparation/graph/prepend-preparation.ts';
import type { PreparationPlan } from '../../../../../core/domain/preparation/plan.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');

/** A model that answers the features it is given. */
export const echo = (features: number, input = 'input'): Uint8Array =>
  encodeOnnxModel({
    name: 'echo',
    inputs: [{ name: input, elementType: 'FLOAT', shape: ['N', features] }],
    outputs: [{ name: 'echo', elementType: 'FLOAT', shape: ['N', features] }],
    constants: [],
    nodes: [{ operator: 'Identity', inputs: [input], outputs: ['echo'] }],
    metadata: { feature_names: '[]', kept: 'yes' },
  });

/** What ONNX Runtime makes of raw texts, numbers among them read as a client would: row by row, the features. */
export async function served(
  plan: PreparationPlan,
  rows: readonly (readonly string[])[],
  callers: Readonly<Record<string, readonly number[]>> = {},
): Promise<number[][]> {
  const session = await InferenceSession.create(prependPreparation(echo(plan.features.length), plan), {
    intraOpNumThreads: 1,
  });
  const feeds = session.inputMetadata.map((input) => {
    const cells = rows.map((row) => row[plan.rawColumns.indexOf(input.name)] ?? '');
    const shape = [rows.length, 1];
    if ('type' in input && input.type === 'string') return [input.name, new Tensor('string', cells, shape)] as const;
    const numbers = callers[input.name] ?? cells.map(toNumber);
    return [input.name, new Tensor('float32', Float32Array.from(numbers), shape)] as const;
  });
  const { echo: answer } = await session.run(Object.fromEntries(feeds));
  const values = Array.from(answer?.data as Float32Array);
  const width = plan.features.length;
  return rows.map((_, row) => values.slice(row * width, (row + 1) * width));
}

const toNumber = (cell: string): number => {
  if (/^true$/i.test(cell)) return 1;
  if (/^false$/i.test(cell)) return 0;
  return cell === '' || cell === '?' ? Number.NaN : Number(cell);
};
