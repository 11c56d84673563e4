import { createHash } from "node:crypto";

/** Hexadecimal SHA-256 of a text or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
