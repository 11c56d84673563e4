/** A few values and arrays as bytes: the length of a JSON header (uint32, little-endian), the header, the arrays. */
export function pack(header: unknown, arrays: readonly (Uint8Array | Int32Array | Float32Array)[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 4) * 4; // so that what follows lies on whole words
  const parts = arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const bytes = new Uint8Array(4 + padded + parts.reduce((sum, { length }) => sum + length, 0)).fill(32, 0, 4 + padded);
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.set(text, 4);
  let at = 4 + padded;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * What {@link pack} packed: the header, not checked, and the bytes behind it.
 *
 * @throws RangeError for bytes that are none of these.
 */
export function unpack(bytes: Uint8Array): { readonly header: unknown; readonly body: Uint8Array } {
  try {
    const { buffer, byteOffset, byteLength } = bytes;
    const view = new DataView(buffer, byteOffset, byteLength);
    const length = view.getUint32(0, true);
    if (4 + length > bytes.length) throw new RangeError("it is too short");
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    // A Buffer of Node's has a slice() that copies nothing: what is given back has not.
    return { header, body: new Uint8Array(buffer, byteOffset + 4 + length, byteLength - 4 - length) };
  } catch (error) {
    throw new RangeError(`Cannot read what was packed: ${(error as Error).message}`);
  }
}
