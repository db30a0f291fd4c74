// Plain JavaScript, because the child's bootstrap loads it: stripping types would add about 25 ms to every cold start.
// A frame is three 32-bit lengths (big endian), a small JSON header, a payload of JSON and a body of raw bytes; neither of
// the last two is parsed on the way.

const PREFIX_BYTES = 12;
// Copying more than that into one buffer costs more than handing it over by itself.
const JOIN_LIMIT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);
/** How long frames may wait for others of the same turn. */
const GATHER_MS = 1;

/** The pieces of a frame; one where it is small. */
function piecesOf(header, { payload, body = NOTHING }) {
  const head = JSON.stringify(header);
  const headBytes = Buffer.byteLength(head);
  const payloadBytes = Buffer.byteLength(payload);
  const joined = payloadBytes + body.length <= JOIN_LIMIT_BYTES;
  const first = Buffer.allocUnsafe(PREFIX_BYTES + headBytes + (joined ? payloadBytes + body.length : 0));
  first.writeUInt32BE(headBytes, 0);
  first.writeUInt32BE(payloadBytes, 4);
  first.writeUInt32BE(body.length, 8);
  first.write(head, PREFIX_BYTES);
  if (!joined) return [first, Buffer.from(payload), body];
  const at = PREFIX_BYTES + headBytes;
  if (typeof payload === 'string') first.write(payload, at);
  else first.set(payload, at);
  first.set(body, at + payloadBytes);
  return [first];
}

/** @type {import('./frames.d.mts').createFrameWriter} */
export function createFrameWriter(stream) {
  /** @type {Buffer[]} */
  let gathered = [];
  let gatheringSinceMs = 0;
  const flush = () => {
    if (gathered.length === 0) return;
    // Joined by hand: the stream's own way of writing many pieces at once costs more than the copy.
    stream.write(gathered.length === 1 ? gathered[0] : Buffer.concat(gathered));
    gathered = [];
  };
  return {
    write(header, parts) {
      const [first, ...large] = piecesOf(header, parts);
      if (gathered.length === 0) {
        gatheringSinceMs = performance.now();
        setImmediate(flush);
      }
      gathered.push(first);
      // A turn that takes long, because handlers compute in it, must not hold up what is done already.
      if (large.length > 0 || performance.now() - gatheringSinceMs > GATHER_MS) flush();
      for (const piece of large) stream.write(piece);
    },
    flush,
  };
}

/** @type {import('./frames.d.mts').createFrameReader} */
export function createFrameReader(onFrame) {
  /** @type {Buffer[]} */
  let chunks = [];
  let size = 0;
  let needed = PREFIX_BYTES;

  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    // Joined only when a whole frame is there: joining at every chunk would copy a large payload a hundred times.
    const buffer = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
    let start = 0;
    needed = PREFIX_BYTES;
    while (size - start >= PREFIX_BYTES) {
      const payloadAt = start + PREFIX_BYTES + buffer.readUInt32BE(start);
      const bodyAt = payloadAt + buffer.readUInt32BE(start + 4);
      const end = bodyAt + buffer.readUInt32BE(start + 8);
      if (size < end) {
        needed = end - start;
        break;
      }
      const header = JSON.parse(buffer.toString('utf8', start + PREFIX_BYTES, payloadAt));
      onFrame(header, buffer.subarray(payloadAt, bodyAt), buffer.subarray(bodyAt, end));
      start = end;
    }
    chunks = start < size ? [start === 0 ? buffer : buffer.subarray(start)] : [];
    size -= start;
  };
}
