/** The executor cannot run a graph: never an error for a caller, only the reason why another runtime does. */
export class UnsupportedGraph extends Error {
  override readonly name = 'UnsupportedGraph';
}

export function unsupported(reason: string): never {
  throw new UnsupportedGraph(reason);
}

/** A request that the graph itself cannot take, as onnxruntime would refuse it too. */
export function refuseInput(reason: string): never {
  throw new RangeError(reason);
}
