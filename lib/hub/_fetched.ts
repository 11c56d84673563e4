import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { FileError } from "../files/mod.ts";
import type { Listed } from "./_listing.ts";
import { HubError } from "./errors.ts";

/** Whom to ask, and for what: errors name it. */
export interface Source {
  readonly hub: string;
  readonly subject: string;
}

/** Milliseconds without a byte after which the network counts as gone. */
const PATIENCE = 30_000;

/**
 * Asks the hub.
 *
 * @throws HubError where it cannot be reached, or refuses.
 */
export async function asked({ hub, subject }: Source, address: string, init: RequestInit = {}): Promise<Response> {
  const because = (what: string, cause?: unknown) =>
    new HubError(`Cannot download the backbone "${subject}": ${what}`, { cause });
  let response: Response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...init });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw because(`this command may not use the network; \`deno task backbone ${subject}\` may`, error);
    }
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw because(`${hub} cannot be reached (${reason.split(/: /).at(-1)!.trim()})`, error);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403 || response.status === 404) {
    throw because(`${hub} has no such model, or not for everybody (status ${response.status})`);
  }
  throw because(`${hub} answers with status ${response.status}`);
}

/**
 * Fetches a file into `target`, on from where an earlier try was stopped, and checks its hash. A file that is there is
 * left as it is: the folder is named by the revision.
 *
 * @param onBytes Told how many bytes are there.
 */
export async function fetched(
  source: Source,
  address: string,
  { path, size, hash }: Listed,
  target: string,
  onBytes: (done: number) => void,
): Promise<void> {
  const there = await Deno.stat(target).then((info) => info.size, () => -1);
  if (there === size) return onBytes(size);
  await Deno.mkdir(dirname(target), { recursive: true }).catch((error) => {
    throw new FileError(`Cannot write "${dirname(target)}": ${error.message}`, { cause: error });
  });
  const partial = `${target}.part`;
  const done = await continued(source, address, { path, size, hash }, partial, onBytes);
  const actual = await hashOf(partial, hash.kind, done);
  if (done !== size || actual !== hash.value) {
    await Deno.remove(partial);
    throw new HubError(
      `Cannot download the backbone "${source.subject}": ${path} must have ${size} bytes with the hash ${hash.value}, ` +
        `what came has ${done} with ${actual}`,
    );
  }
  await Deno.rename(partial, target);
}

/** Fetches what a partial file lacks. Returns how many bytes it has then. */
async function continued(
  source: Source,
  address: string,
  { path, size }: Listed,
  partial: string,
  onBytes: (done: number) => void,
): Promise<number> {
  using file = await Deno.open(partial, { read: true, write: true, create: true });
  let done = (await file.stat()).size;
  if (done >= size) return done;
  const patience = new AbortController();
  let timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const headers: HeadersInit = done > 0 ? { Range: `bytes=${done}-` } : {};
    const response = await asked(source, address, { headers, signal: patience.signal });
    if (response.status !== 206) done = 0; // it begins again
    await file.truncate(done);
    await file.seek(done, Deno.SeekMode.Start);
    for await (const chunk of response.body ?? []) {
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
      done += chunk.length;
      onBytes(done);
      clearTimeout(timer);
      timer = setTimeout(() => patience.abort(), PATIENCE);
    }
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError(
      `Cannot download the backbone "${source.subject}": the connection broke after ${done} of ${size} bytes of ` +
        `${path}; the same command goes on from there`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
  await file.sync();
  return done;
}

async function hashOf(path: string, kind: Listed["hash"]["kind"], size: number): Promise<string> {
  const hash = createHash(kind === "git" ? "sha1" : "sha256");
  if (kind === "git") hash.update(`blob ${size}\0`);
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
