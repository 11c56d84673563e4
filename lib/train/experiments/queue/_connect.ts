import { Redis } from "ioredis";
import { type QueueAddress, queueAddress } from "./_address.ts";
import { PREFIX } from "./_names.ts";
import { QueueError } from "./errors.ts";

/** A connection that outlives its server: commands wait until it is back. */
export interface QueueConnection extends AsyncDisposable {
  readonly address: QueueAddress;
  readonly redis: Redis;
  /** Milliseconds (`performance.now()`) since when the server cannot be reached; null while it can. */
  readonly goneSince: number | null;
}

const TIMEOUT = 5000;
const LONGEST_PAUSE = 2000;
const ABOUT = JSON.stringify({ what: "Plateau experiments", protocol: 1 });
/** BullMQ's scripts need it. */
const OLDEST = [6, 2];

/**
 * Connects, and makes sure that what answers is a queue of ours or a server where one may be made.
 *
 * @throws QueueError for one clear reason: unreachable, wrong password, no Redis, too old, used by something else.
 */
export async function connectQueue(url: string): Promise<QueueConnection> {
  const address = queueAddress(url);
  let connected = false;
  let goneSince: number | null = null;
  let last: Error | null = null;
  const redis = new Redis({
    ...address.options,
    lazyConnect: true,
    connectTimeout: TIMEOUT,
    keepAlive: 10_000,
    maxRetriesPerRequest: null,
    // The first time, somebody waits for the answer; later, the server is waited for.
    retryStrategy: (times) => connected ? Math.min(100 * times, LONGEST_PAUSE) : null,
  });
  redis.on("error", (error: Error) => last = error);
  redis.on("close", () => goneSince ??= performance.now());
  redis.on("ready", () => goneSince = null);
  try {
    await withTimeout(redis.connect());
    // The driver selects the database, too, but stays with the first where there is none of that number.
    await withTimeout(redis.select(address.options.db ?? 0));
    await withTimeout(checkServer(redis));
    await withTimeout(claim(redis));
  } catch (error) {
    redis.disconnect();
    if (error instanceof QueueError) throw new QueueError(`Cannot use the queue ${address.shown}: ${error.message}`);
    throw new QueueError(`Cannot use the queue ${address.shown}: ${reasonOf(last ?? error as Error, address)}`);
  }
  connected = true;
  return {
    address,
    redis,
    get goneSince() {
      return goneSince;
    },
    async [Symbol.asyncDispose]() {
      if (redis.status === "ready") await withTimeout(redis.quit()).catch(() => {});
      redis.disconnect();
    },
  };
}

async function checkServer(redis: Redis): Promise<void> {
  const info = await redis.info("server");
  const version = info.match(/redis_version:([\d.]+)/)?.[1] ?? "";
  const [major, minor = 0] = version.split(".").map(Number);
  if (!(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))) {
    throw new QueueError(`it needs Redis ${OLDEST.join(".")} or Valkey, there is "${version}"`);
  }
}

/** Marks the keys that begin with our prefix as ours, unless somebody else has such keys. */
async function claim(redis: Redis): Promise<void> {
  const key = `${PREFIX}:about`;
  const kind = await redis.type(key);
  const about = kind === "string" ? await redis.get(key) : null;
  if (about === ABOUT) return;
  if (kind !== "none") {
    throw new QueueError(
      `it belongs to something else: its key "${key}" is not what Plateau writes there. ` +
        "Give another database (redis://host/1) or server",
    );
  }
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", `${PREFIX}:*`, "COUNT", 1000);
    // Another of us may have claimed it meanwhile.
    if (keys.length > 0 && await redis.get(key) !== ABOUT) {
      throw new QueueError(
        `it belongs to something else: there are keys like "${keys[0].slice(0, 60)}" that Plateau did not write. ` +
          "Give another database (redis://host/1) or server",
      );
    }
    cursor = keys.length > 0 ? "0" : next;
  } while (cursor !== "0");
  await redis.set(key, ABOUT, "NX");
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("ETIMEDOUT")), TIMEOUT + 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}

/** In words, without whatever the server or the driver repeats of what was sent. */
function reasonOf(error: Error, { host, port }: QueueAddress): string {
  const text = `${(error as { code?: string }).code ?? ""} ${error.message}`;
  if (/NotCapable|Requires net access/i.test(text)) return `the permission to reach ${host}:${port} is missing`;
  if (/WRONGPASS|invalid password|invalid username-password/i.test(text)) return "its name or password is wrong";
  if (/NOAUTH/.test(text)) return "it wants a password: put it into the URL, or into PLATEAU_QUEUE_PASSWORD";
  if (/NOPERM/.test(text)) return "its user may not do what a queue needs";
  if (/DB index is out of range/i.test(text)) return "it has no database of that number";
  if (/ECONNREFUSED|refused/i.test(text)) return `nothing answers at ${host}:${port} (connection refused)`;
  if (/ENOTFOUND|EAI_AGAIN|getaddrinfo|lookup/i.test(text)) return `the host ${host} is not known`;
  if (/ETIMEDOUT|timed? ?out/i.test(text)) {
    return `${host}:${port} did not answer within ${TIMEOUT / 1000} s; is it a Redis server, and does it speak TLS ` +
      "exactly where the URL begins with rediss://?";
  }
  if (/certificate|self.signed|UnknownIssuer/i.test(text)) {
    return "its certificate is not trusted: name its authority's file in PLATEAU_QUEUE_CA";
  }
  if (/Protocol error|Connection is closed|ECONNRESET|EPIPE/i.test(text)) {
    return `${host}:${port} does not answer as Redis does; is it another server, or does it want TLS (rediss://)?`;
  }
  return text.trim();
}
