import { createHash } from "node:crypto";

/** A server on this machine that answers as Hugging Face does, for one network. */
export interface FakeHub extends AsyncDisposable {
  readonly address: string;
  /** What was asked for, in order: the path, and the range where one was asked for. */
  readonly asked: string[];
  /** Ends the connection after so many bytes of the next file. */
  breakAfter: number;
}

/** Small files are hashed as git does, files of more than `large` bytes by SHA-256. */
export function fakeHub(
  network: string,
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  options: { readonly licence?: string; readonly wrongHash?: boolean; readonly large?: number } = {},
): FakeHub {
  const { licence = "mit", wrongHash = false, large = 100 } = options;
  const revision = "0123abc";
  const hash = (kind: string, ...parts: (string | Uint8Array)[]) => {
    const made = createHash(kind);
    parts.forEach((part) => made.update(part));
    return wrongHash ? made.update("!").digest("hex") : made.digest("hex");
  };
  const asked: string[] = [];
  const hub = {
    asked,
    breakAfter: Infinity,
    address: "",
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
    (request) => {
      const { pathname, search } = new URL(request.url);
      const range = request.headers.get("range");
      asked.push(pathname + search + (range ? ` ${range}` : ""));
      if (pathname === `/api/models/${network}`) {
        return Response.json({
          sha: revision,
          cardData: { license: licence },
          siblings: Object.entries(files).map(([rfilename, bytes]) => ({
            rfilename,
            size: bytes.length,
            ...(bytes.length > large
              ? { lfs: { sha256: hash("sha256", bytes), size: bytes.length } }
              : { blobId: hash("sha1", `blob ${bytes.length}\0`, bytes) }),
          })),
        });
      }
      const file = files[decodeURIComponent(pathname).replace(`/${network}/resolve/${revision}/`, "")];
      if (file === undefined) return new Response("not found", { status: 404 });
      const start = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
      const rest = file.subarray(start);
      const end = hub.breakAfter;
      hub.breakAfter = Infinity;
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(rest.subarray(0, end));
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (rest.length > end) controller.error(new Error("the cable was pulled"));
          else controller.close();
        },
      });
      return new Response(body, { status: start > 0 ? 206 : 200 });
    },
  );
  hub.address = `http://127.0.0.1:${server.addr.port}`;
  return hub;
}

/** Runs `body` with the commands asking `address` instead of Hugging Face. */
export async function asking(address: string, body: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("PLATEAU_HUB");
  Deno.env.set("PLATEAU_HUB", address);
  try {
    await body();
  } finally {
    if (before === undefined) Deno.env.delete("PLATEAU_HUB");
    else Deno.env.set("PLATEAU_HUB", before);
  }
}
