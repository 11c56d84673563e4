/**
/**
 * A TensorFlow.js peer, in a process of its own so that thread pools don't meet. Speaks lines of JSON, as in
 * process_peer.ts. Arguments: the engine's name, and for onnx `standard` for the standard layout, `unrewritten` for no
 * rewriting passes, `without:` and a name for all of them but one, `unrepeated` for recording every step anew.
 */
import { TextLineStream } from "./lines.ts";
import { layers, report, type Sequential, type SymbolicTensor, type Tensor, tf, use } from "../../lib/engine/mod.ts";
import { passNames, setLayout, setRepeating, setRewriting, statistics } from "../../lib/engine/onnx/mod.ts";
import type { Case, Layer } from "./cases.ts";
import { nativeClock } from "./native_clock.ts";

const l = layers.layers;
const [engine, choice] = Deno.args;
const native = engine === "onnx" ? await nativeClock() : null;
await use(engine);
if (choice === "standard") setLayout(choice);
if (choice === "unrewritten") setRewriting([]);
if (choice === "unrepeated") setRepeating(false);
if (choice?.startsWith("without:")) setRewriting(passNames.filter((name) => choice !== `without:${name}`));

let model: layers.LayersModel | undefined, x: Tensor, y: Tensor, current: Case, batches = 0;

for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
  const request = JSON.parse(line);
  let answer: unknown;
  try {
    answer = request.prepare ? await prepare(request.prepare, request.steps) : await measure(request.measure);
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  console.log(JSON.stringify(answer));
}

async function prepare(next: Case, steps: number): Promise<unknown> {
  tf.dispose([x, y]);
  model?.dispose();
  batches = 0;
  current = next;
  model = build(next);
  if (next.mode === "train") model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
  const before = compilation();
  await measure(steps);
  // A second time for the engine that JavaScript's compiler still makes faster.
  if (native) await measure(steps);
  const after = compilation();
  return { compiled: after.graphs - before.graphs, compileMs: after.ms - before.ms, fallbacks: report().summary };
}

async function measure(steps: number): Promise<unknown> {
  if (steps !== batches) {
    tf.dispose([x, y]);
    x = tf.randomUniform([steps * current.batch, ...current.input], 0, 1, "float32", 1);
    y = tf.tidy(() => tf.cast(tf.oneHot(tf.randomUniform([steps * current.batch], 0, 16, "int32", 2), 16), "float32"));
    await Promise.all([x.data(), y.data()]);
    batches = steps;
    await step();
  }
  const start = performance.now(), inside = native?.() ?? 0;
  await step();
  const ms = performance.now() - start;
  return { ms: ms / steps, ...(native ? { outside: 1 - (native() - inside) / ms } : {}) };
}

/** Graphs compiled so far, and how long that took. */
function compilation(): { graphs: number; ms: number } {
  if (!native) return { graphs: 0, ms: 0 };
  const { compiled, compileMs } = statistics();
  return { graphs: compiled, ms: compileMs };
}

/** One epoch, as a user writes it. */
async function step(): Promise<void> {
  if (current.mode === "train") {
    await model!.fit(x, y, { epochs: 1, batchSize: current.batch, verbose: 0, shuffle: false });
  } else {
    const result = model!.predict(x, { batchSize: current.batch }) as Tensor;
    await result.data();
    result.dispose();
  }
}

function build({ input, layers: list }: Case): layers.LayersModel {
  const inputs = layers.input({ shape: [...input] });
  const last = list.length - 1;
  const outputs = list.reduce((t, layer, i) => apply(t, layer, i === last), inputs as SymbolicTensor);
  return layers.model({ inputs, outputs }) as Sequential;
}

function apply(t: SymbolicTensor, layer: Layer, last = false): SymbolicTensor {
  const on = (built: layers.layers.Layer) => built.apply(t) as SymbolicTensor;
  switch (layer.type) {
    case "conv":
      return on(l.conv2d({
        filters: layer.filters,
        kernelSize: layer.kernel,
        strides: layer.stride ?? 1,
        padding: layer.valid ? "valid" : "same",
        useBias: layer.bias ?? false,
        activation: layer.relu ? "relu" : "linear",
      }));
    case "depthwise":
      return on(l.depthwiseConv2d({
        kernelSize: layer.kernel,
        strides: layer.stride ?? 1,
        padding: "same",
        useBias: false,
      }));
    case "dense":
      return on(l.dense({ units: layer.units, activation: last ? "softmax" : "linear" }));
    case "norm":
      return on(l.batchNormalization({ momentum: 0.9 }));
    case "relu":
      return on(l.reLU());
    case "pool":
      return on(l.maxPooling2d({ poolSize: 2 }));
    case "average":
      return on(l.globalAveragePooling2d({}));
    case "flatten":
      return on(l.flatten());
    case "residual": {
      const main = layer.layers.reduce((inner, next) => apply(inner, next), t);
      const skip = layer.filters
        ? on(l.conv2d({ filters: layer.filters, kernelSize: 1, strides: layer.stride ?? 1, useBias: false }))
        : t;
      return l.add().apply([main, skip]) as SymbolicTensor;
    }
  }
}
