import { readFileSync } from "node:fs";
import type { RedisOptions } from "ioredis";
import { QueueError } from "./errors.ts";

/** Where a queue is. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  /** "redis://host:6379/2": for people; it has neither name nor password. */
  readonly shown: string;
  readonly options: Pick<RedisOptions, "host" | "port" | "db" | "username" | "password" | "tls">;
}

const PORT = 6379;

/**
 * Reads a queue's URL: `redis://[name:password@]host[:port][/database]`, or `rediss://` for TLS. A password may come from
 * the environment variable `PLATEAU_QUEUE_PASSWORD` instead; `PLATEAU_QUEUE_CA` names the file of an authority's
 * certificate that the system does not know.
 *
 * @throws QueueError naming what is wrong with it, but not the URL: it may hold a password.
 */
export function queueAddress(
  url: string,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): QueueAddress {
  const example = "as redis://host:6379, or rediss://name:password@host:6380/0 with TLS";
  const parsed = URL.parse(url.trim());
  if (parsed === null) throw new QueueError(`Cannot use the queue: its URL must be written ${example}`);
  const { protocol, hostname, port, pathname, username } = parsed;
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new QueueError(`Cannot use the queue: its URL must begin with redis:// or rediss://, not ${protocol}//`);
  }
  if (hostname === "") throw new QueueError(`Cannot use the queue: its URL must name a host, ${example}`);
  const db = pathname.replace(/^\//, "");
  if (!/^\d*$/.test(db)) {
    throw new QueueError("Cannot use the queue: what follows the host in its URL must be the number of a database");
  }
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const at = port === "" ? PORT : Number(port);
  const password = decoded(parsed.password) || env("PLATEAU_QUEUE_PASSWORD");
  return {
    host,
    port: at,
    shown: `${protocol}//${hostname}:${at}${db === "" ? "" : `/${db}`}`,
    options: {
      host,
      port: at,
      db: Number(db),
      ...(username === "" ? {} : { username: decoded(username) }),
      ...(password ? { password } : {}),
      ...(protocol === "rediss:" ? { tls: tlsOptions(env("PLATEAU_QUEUE_CA")) } : {}),
    },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new QueueError('Cannot use the queue: name and password in its URL must be percent-encoded ("%" as %25)');
  }
}

function tlsOptions(path: string | undefined): { ca?: string } {
  if (!path) return {};
  try {
    return { ca: readFileSync(path, "utf8") };
  } catch (error) {
    throw new QueueError(
      `Cannot use the queue: the certificate that PLATEAU_QUEUE_CA names cannot be read: ${(error as Error).message}`,
    );
  }
}
