import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Decides who may talk to the quiz's server. Other pages in the browser can send requests to 127.0.0.1, and other users
 * of the machine can open its ports: so nothing is answered without a secret, and nothing under another name.
 *
 * The secret comes in two steps. A token in the address that is printed works once; whoever brings it gets a cookie,
 * and from then on only the cookie counts: an address that was copied, logged or kept in a history opens nothing.
 */
export class Gate {
  #token: string | null = secret();
  #cookie: string | null = null;

  /** The address with the token, to be opened once. */
  address(port: number): string {
    return `http://127.0.0.1:${port}/?token=${this.#token}`;
  }

  /** What is wrong with a request, or null. `fresh` is the cookie to set where the token was just taken. */
  check(request: Request, port: number): { readonly fault: string | null; readonly fresh?: string } {
    const { headers } = request;
    // A name that someone else's server resolved to this machine (DNS rebinding) comes with its own Host.
    if (headers.get("host") !== `127.0.0.1:${port}`) return { fault: "this server answers to 127.0.0.1 only" };
    const origin = headers.get("origin");
    if (origin !== null && origin !== `http://127.0.0.1:${port}`) return { fault: "it comes from another page" };
    if (this.#hasCookie(headers.get("cookie") ?? "", port)) return { fault: null };
    const url = new URL(request.url);
    const token = url.searchParams.get("token");
    if (request.method === "GET" && url.pathname === "/" && token !== null && this.#takes(token)) {
      this.#cookie = secret();
      return { fault: null, fresh: `${cookieName(port)}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict` };
    }
    return {
      fault: token !== null && this.#token === null
        ? "this address has been used already; use the page that it opened, or start the command again"
        : "the address must be the one that the command printed, with its token",
    };
  }

  #hasCookie(header: string, port: number): boolean {
    if (this.#cookie === null) return false;
    const name = `${cookieName(port)}=`;
    const value = header.split(/;\s*/).find((part) => part.startsWith(name))?.slice(name.length);
    return value !== undefined && same(value, this.#cookie);
  }

  #takes(token: string): boolean {
    if (this.#token === null || !same(token, this.#token)) return false;
    this.#token = null;
    return true;
  }
}

/** Browsers keep cookies by host, whatever the port: two quizzes at a time need two names. */
function cookieName(port: number): string {
  return `plateau-quiz-${port}`;
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

/** Compares in a time that says nothing of where the difference lies. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(Buffer.from(text)).digest();
  return timingSafeEqual(digest(a), digest(b));
}
