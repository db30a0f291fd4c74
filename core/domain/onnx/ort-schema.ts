/** Field numbers of ort.fbs (microsoft/onnxruntime, format versions 5 and 6), of the tables that are read here. */
export const SESSION = { formatVersion: 0, model: 1 } as const;
export const ORT_MODEL = {
  irVersion: 0,
  opsetImport: 1,
  producerName: 2,
  producerVersion: 3,
  graph: 7,
  metadataProps: 9,
} as const;
export const ORT_OPSET = { domain: 0, version: 1 } as const;
export const ORT_ENTRY = { key: 0, value: 1 } as const;
export const ORT_GRAPH = { initializers: 0, nodeArgs: 1, inputs: 5, outputs: 6, sparseInitializers: 7 } as const;
export const ORT_TENSOR = { name: 0 } as const;
export const ORT_SPARSE_TENSOR = { values: 0 } as const;
export const ORT_VALUE_INFO = { name: 0, type: 2 } as const;
/** A union is two fields: which one it is, then the table. */
export const ORT_TYPE_INFO = { valueKind: 1, value: 2 } as const;
export const ORT_TYPE_KIND = { tensor: 1, sequence: 2, map: 3 } as const;
export const ORT_TENSOR_TYPE = { elementType: 0, shape: 1 } as const;
export const ORT_SHAPE = { dimensions: 0 } as const;
export const ORT_DIMENSION = { value: 0 } as const;
export const ORT_DIMENSION_VALUE = { kind: 0, size: 1, parameter: 2 } as const;
export const ORT_DIMENSION_KIND = { size: 1, parameter: 2 } as const;
