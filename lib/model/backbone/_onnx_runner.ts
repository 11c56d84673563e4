import { current, onnxFiles } from "../../engine/mod.ts";
import type { OnnxFile, OnnxSession } from "../../engine/mod.ts";
import { asMap, type RawMap, type Want } from "./_network.ts";
import type { Pooling } from "./types.ts";

/** Sessions that are kept: what is asked for last, and the time before. */
const KEPT = 2;

/** An ONNX file that is cut to what is wanted of it, and pools within the graph: maps are large, and most are not read. */
export class OnnxRunner {
  readonly #bytes: Uint8Array;
  readonly #file: OnnxFile;
  readonly #sessions = new Map<string, OnnxSession>();

  /** @param file What `readOnnx` says of the bytes. */
  constructor(bytes: Uint8Array, file: OnnxFile) {
    this.#bytes = bytes;
    this.#file = file;
  }

  /** A session that gives these, in order. */
  async session(wants: readonly Want[]): Promise<OnnxSession> {
    const key = JSON.stringify(wants);
    let session = this.#sessions.get(key);
    if (session === undefined) {
      const { cutOnnx, openOnnx } = await onnxFiles();
      const added = wants.flatMap(({ name, pooled }) => pooled === undefined ? [] : [poolingNode(name, pooled)]);
      const outputs = [...new Set(wants.map(outputOf))];
      session = await openOnnx(cutOnnx(this.#bytes, this.#file, outputs, added), threadsInUse());
      const [oldest] = this.#sessions;
      if (this.#sessions.size >= KEPT) {
        oldest[1][Symbol.dispose]();
        this.#sessions.delete(oldest[0]);
      }
    } else {
      this.#sessions.delete(key); // to the end: a Map remembers the order of insertion
    }
    this.#sessions.set(key, session);
    return session;
  }

  async run(values: Float32Array, shape: readonly number[], wants: readonly Want[]): Promise<(RawMap | null)[]> {
    const session = await this.session(wants);
    const names = [...new Set(wants.map(outputOf))];
    const maps = session.run(values, shape, names).map((result) => asMap(result.shape, result.values, true));
    return wants.map((want) => maps[names.indexOf(outputOf(want))]);
  }
}

/** As many as the engine has; where there is none yet, ONNX Runtime's usual number. */
function threadsInUse(): number | undefined {
  try {
    return current().threads;
  } catch {
    return undefined;
  }
}

function outputOf({ name, pooled }: Want): string {
  return pooled === undefined ? name : `${pooled.pooling} of ${name}`;
}

function poolingNode(name: string, pooled: NonNullable<Want["pooled"]>) {
  const node = { input: name, output: outputOf({ name, pooled }) };
  if (pooled.pooling !== "average-2x2") {
    return { ...node, type: WHOLE[pooled.pooling] };
  }
  // Quarters that overlap in the middle where the number of rows is odd.
  const [down, right] = [Math.ceil(pooled.height / 2), Math.ceil(pooled.width / 2)];
  const strides = [Math.max(1, pooled.height - down), Math.max(1, pooled.width - right)];
  return { ...node, type: "AveragePool" as const, kernel: [down, right], strides };
}

const WHOLE = { "average": "GlobalAveragePool", "max": "GlobalMaxPool" } as const satisfies Partial<
  Record<Pooling, string>
>;
