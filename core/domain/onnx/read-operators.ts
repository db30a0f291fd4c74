import { malformedModel } from './malformed-model.ts';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, OPSET } from './model-proto.ts';
import { openCursor, type ProtobufCursor, readBytes, readTag, readUnsigned, skip, WIRE } from './protobuf-cursor.ts';
import { readText } from './protobuf-reader.ts';

/** What a file asks of a runtime. ONNX's own operator set is called `ai.onnx`. */
export interface RequiredOperators {
  readonly irVersion: number;
  readonly operatorSets: readonly { readonly domain: string; readonly version: number }[];
  /** Names of the operators that nodes call, by domain, also within branches, loop bodies and functions. */
  readonly operators: ReadonlyMap<string, ReadonlySet<string>>;
  /** Domains of the functions that the file itself defines. */
  readonly functionDomains: ReadonlySet<string>;
}

/** ONNX Runtime's protobuf takes 100 messages within one another, and a graph within a graph is three. */
const DEPTH_LIMIT = 33;

/**
 * Reads which operators a model calls and of which versions. O(file size); weights are skipped.
 *
 * @throws `onnx.malformed` when the bytes are not protobuf, or graphs are nested deeper than any runtime reads
 */
export function readOperators(file: Uint8Array): RequiredOperators {
  const operatorSets: { domain: string; version: number }[] = [];
  const operators = new Map<string, Set<string>>();
  const functionDomains = new Set<string>();
  // Not by recursion: how deep a file is nested is its own choice.
  const waiting: { nodes: Uint8Array[]; depth: number }[] = [];
  let irVersion = 0;
  walk(file, (cursor, field) => {
    if (field === bytesTag(MODEL.graph)) waiting.push({ nodes: nodesOf(readBytes(cursor), GRAPH.node), depth: 1 });
    else if (field === bytesTag(MODEL.opsetImport)) operatorSets.push(readOperatorSet(readBytes(cursor)));
    else if (field === varintTag(MODEL.irVersion)) irVersion = readUnsigned(cursor);
    else if (field === bytesTag(MODEL.functions)) {
      const bytes = readBytes(cursor);
      functionDomains.add(functionDomain(bytes));
      waiting.push({ nodes: nodesOf(bytes, FUNCTION.node), depth: 1 });
    } else return false;
    return true;
  });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { nodes, depth } = next;
    if (depth > DEPTH_LIMIT) throw malformedModel(`its graphs are nested more than ${DEPTH_LIMIT} deep`);
    for (const bytes of nodes) {
      const { domain, operator, graphs } = readNode(bytes);
      const known = operators.get(domain) ?? new Set();
      operators.set(domain, known.add(operator));
      for (const graph of graphs) waiting.push({ nodes: nodesOf(graph, GRAPH.node), depth: depth + 1 });
    }
  }
  return { irVersion, operatorSets, operators, functionDomains };
}

const bytesTag = (field: number): number => field * 8 + WIRE.bytes;
const varintTag = (field: number): number => field * 8 + WIRE.varint;

/** @param take reads a field it knows and returns true, else false */
function walk(message: Uint8Array, take: (cursor: ProtobufCursor, tag: number) => boolean): void {
  const cursor = openCursor(message);
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) if (!take(cursor, tag)) skip(cursor, tag);
}

function nodesOf(message: Uint8Array, field: number): Uint8Array[] {
  const nodes: Uint8Array[] = [];
  walk(message, (cursor, tag) => tag === bytesTag(field) && nodes.push(readBytes(cursor)) > 0);
  return nodes;
}

function readNode(node: Uint8Array): { domain: string; operator: string; graphs: Uint8Array[] } {
  let domain = '';
  let operator = '';
  const graphs: Uint8Array[] = [];
  walk(node, (cursor, tag) => {
    if (tag === bytesTag(NODE.domain)) domain = readText(readBytes(cursor));
    else if (tag === bytesTag(NODE.opType)) operator = readText(readBytes(cursor));
    else if (tag === bytesTag(NODE.attribute)) readGraphs(readBytes(cursor), graphs);
    else return false;
    return true;
  });
  return { domain: nameOf(domain), operator, graphs };
}

function readGraphs(attribute: Uint8Array, into: Uint8Array[]): void {
  walk(attribute, (cursor, tag) => {
    if (tag !== bytesTag(ATTRIBUTE.graph) && tag !== bytesTag(ATTRIBUTE.graphs)) return false;
    return into.push(readBytes(cursor)) > 0;
  });
}

function functionDomain(bytes: Uint8Array): string {
  let domain = '';
  walk(bytes, (cursor, tag) => {
    if (tag !== bytesTag(FUNCTION.domain)) return false;
    domain = readText(readBytes(cursor));
    return true;
  });
  return nameOf(domain);
}

function readOperatorSet(bytes: Uint8Array): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  walk(bytes, (cursor, tag) => {
    if (tag === bytesTag(OPSET.domain)) domain = readText(readBytes(cursor));
    else if (tag === varintTag(OPSET.version)) version = readUnsigned(cursor);
    else return false;
    return true;
  });
  return { domain: nameOf(domain), version };
}

const nameOf = (domain: string): string => (domain === '' ? 'ai.onnx' : domain);
