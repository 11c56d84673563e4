import type { Redis } from "ioredis";
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { keys } from "./_names.ts";
import type { PackedImages } from "./_packed_images.ts";

const CHUNK = 4 * 2 ** 20;
/** Seconds for which nobody may ask for images before they are gone from the queue's memory. */
const KEPT = 3 * 24 * 3600;

/** Puts images where machines find them, unless they are there. They appear whole. */
export async function uploadImages(redis: Redis, { hash, bytes }: PackedImages): Promise<void> {
  const key = keys.images(hash);
  if (await redis.expire(key, KEPT) === 1) return;
  const part = `${key}:${randomUUID()}`;
  for (let at = 0, n = 0; at < bytes.length; at += CHUNK, n++) {
    const chunk = bytes.subarray(at, at + CHUNK);
    await redis.hset(part, String(n), Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (n === 0) await redis.expire(part, 3600); // whatever becomes of this process
  }
  await redis.rename(part, key);
  await redis.expire(key, KEPT);
}

/** The bytes, not checked; null where the queue does not have them. */
export async function downloadImages(redis: Redis, hash: string): Promise<Uint8Array | null> {
  const key = keys.images(hash);
  const count = await redis.hlen(key);
  if (count === 0) return null;
  const chunks: Uint8Array[] = [];
  for (let n = 0; n < count; n++) {
    const chunk = await redis.hgetBuffer(key, String(n));
    if (chunk === null) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
