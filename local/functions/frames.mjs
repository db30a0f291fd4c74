// Plain JavaScript, because the child's bootstrap loads it: stripping types would add about 25 ms to every cold start.
// A frame is two 32-bit lengths (big endian), a small JSON header and a payload of raw bytes that is never parsed on the way.

const PREFIX_BYTES = 8;
// One write call for what fits a pipe's buffer; copying more than that costs more than the second write.
const JOIN_LIMIT_BYTES = 64 * 1024;

/** @type {import('./frames.d.mts').writeFrame} */
export function writeFrame(stream, header, payload) {
  const head = Buffer.from(JSON.stringify(header));
  const joined = payload.length <= JOIN_LIMIT_BYTES;
  const first = Buffer.allocUnsafe(PREFIX_BYTES + head.length + (joined ? payload.length : 0));
  first.writeUInt32BE(head.length, 0);
  first.writeUInt32BE(payload.length, 4);
  first.set(head, PREFIX_BYTES);
  if (joined) {
    first.set(payload, PREFIX_BYTES + head.length);
    return stream.write(first);
  }
  stream.cork();
  stream.write(first);
  const flushed = stream.write(payload);
  stream.uncork();
  return flushed;
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
    // Joined only when a whole frame is there: joining at every chunk would copy a large payload a hundred times.
    while (size >= needed) {
      const buffer = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
      const headLength = buffer.readUInt32BE(0);
      const end = PREFIX_BYTES + headLength + buffer.readUInt32BE(4);
      if (size < end) {
        chunks = [buffer];
        needed = end;
        return;
      }
      const header = JSON.parse(buffer.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headLength));
      const payload = buffer.subarray(PREFIX_BYTES + headLength, end);
      chunks = size > end ? [buffer.subarray(end)] : [];
      size -= end;
      needed = PREFIX_BYTES;
      onFrame(header, payload);
    }
  };
}
