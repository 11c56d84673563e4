import { graftOnnx, onnxFiles, record, type Tensor, tf } from "../../engine/mod.ts";
import type { Backbone, BackboneCard, NetworkSource, Pooling } from "../../model/mod.ts";
import { PipelineError } from "../errors.ts";
import type { WrittenFeatures } from "../fitted.ts";
import { Nodes } from "./resize_nodes.ts";

/** So that rows of nothing do not become no numbers; as features are scaled when they are computed. */
const TINY = 1e-12;

/** ONNX's numbers for types. */
const FLOAT = 1, FLOAT16 = 10;

/** ONNX's operators changed their form up to this version: older files cannot be joined with what is written here. */
const OLDEST_OPSET = 11;

/**
 * A pre-trained network with all that happens around it as ONNX operators: preparing pixels, the network up to its taps,
 * pooling, scaling to length 1.
 *
 * @throws PipelineError where its file cannot become part of another.
 */
export async function backboneNodes(
  backbone: Backbone,
  mirrored: boolean,
  prefix: string,
): Promise<WrittenFeatures> {
  const source = await backbone.source();
  if (source.kind === "tensors") return await recorded(backbone, source, mirrored, prefix);
  const one = await joined(backbone, source, prefix);
  return mirrored ? withMirrorImage(one, await joined(backbone, source, `${prefix}mirrored/`), prefix) : one;
}

/** The mean of what two copies of a network make of a picture and of its mirror image. */
function withMirrorImage(one: WrittenFeatures, other: WrittenFeatures, prefix: string): WrittenFeatures {
  const before = new Nodes(`${prefix}mirror/`), after = new Nodes(`${prefix}mean/`);
  const [{ name }] = one.inputs;
  const last = before.ints(-1), first = before.ints(-(2 ** 31));
  before.nodes.push({
    op: "Slice",
    inputs: [name, last, first, before.ints(2), last],
    outputs: [other.inputs[0].name],
  });
  const output = after.add("Mul", [after.add("Add", [one.output, other.output]), after.number(0.5)]);
  return {
    ...one,
    output,
    nodes: [...one.nodes, ...before.nodes, ...other.nodes, ...after.nodes],
    constants: [...one.constants, ...before.constants, ...other.constants, ...after.constants],
  };
}

async function recorded(
  { card, size, taps, parts }: Backbone,
  source: NetworkSource & { readonly kind: "tensors" },
  mirrored: boolean,
  prefix: string,
): Promise<WrittenFeatures> {
  const names = taps.map(({ node }) => node);
  const { factors, offsets } = preparation(card);
  const compute = (pictures: Tensor) => {
    const ordered = card.channels === "RGB" ? pictures : tf.reverse(pictures, -1);
    const prepared = factors.every((value) => value === 1) && offsets.every((value) => value === 0)
      ? ordered
      : tf.add(tf.mul(ordered, tf.tensor1d(factors)), tf.tensor1d(offsets));
    const maps = source.compute(card.layout === "NHWC" ? prepared : tf.transpose(prepared, [0, 3, 1, 2]), names);
    return tf.concat(parts.map(({ tap, pooling }) => pooledTensor(maps[names.indexOf(tap)], pooling)), 1);
  };
  const written = await record(
    (pictures) => mirrored ? tf.div(tf.add(compute(pictures), compute(tf.reverse(pictures, 2))), 2) : compute(pictures),
    [1, size, size, 3],
    prefix,
  );
  return { ...written, inputs: [{ name: written.input, size }] };
}

/** A map [1, height, width, C], tokens [1, T, C] or a row [1, C] as a row of length 1. */
function pooledTensor(map: Tensor, pooling: Pooling): Tensor {
  const shape: number[] = map.shape.length === 4
    ? map.shape
    : map.shape.length === 3
    ? [1, map.shape[1]!, 1, map.shape[2]!]
    : [1, 1, 1, map.shape[1]!];
  const whole = tf.reshape(map, shape);
  const [, height, width, channels] = shape;
  const row = pooling === "max" ? tf.max(whole, [1, 2]) : tf.concat(
    windowsOf(pooling, height, width).map(([top, left, rows, columns]) =>
      tf.mean(tf.slice(whole, [0, top, left, 0], [1, rows, columns, channels]), [1, 2])
    ),
    1,
  );
  return tf.div(row, tf.add(tf.sqrt(tf.sum(tf.square(row), 1, true)), TINY));
}

async function joined(
  backbone: Backbone,
  source: NetworkSource & { readonly kind: "onnx" },
  prefix: string,
): Promise<WrittenFeatures> {
  const { card, size, taps, parts, name } = backbone;
  const refuse = (what: string) =>
    new PipelineError(`Cannot export: the backbone ${name} cannot become part of a file: ${what}`);
  if (source.batch !== null && source.batch !== 1) throw refuse(`it takes exactly ${source.batch} images at a time`);
  const names = taps.map(({ node }) => node);
  const own = `${prefix}net/`;
  const graft = await graftOnnx(source.bytes, names, own).catch((error: Error) => {
    throw refuse(error.message);
  });
  if (graft.opset < OLDEST_OPSET) {
    throw refuse(`its operators are of version ${graft.opset}, at least ${OLDEST_OPSET} is needed`);
  }

  const before = new Nodes(`${prefix}prepare/`), after = new Nodes(`${prefix}pool/`);
  const input = `${prefix}pictures`;
  const { factors, offsets } = preparation(card);
  const reversed = card.channels === "RGB" ? input : before.add("Gather", [input, before.ints(2, 1, 0)], { axis: 3 });
  const scaled = before.add("Add", [
    before.add("Mul", [reversed, before.constant(Float32Array.from(factors))]),
    before.constant(Float32Array.from(offsets)),
  ]);
  const ordered = card.layout === "NHWC" ? scaled : before.add("Transpose", [scaled], { perm: [0, 3, 1, 2] });
  before.nodes.push({
    op: source.type === "float16" ? "Cast" : "Identity",
    inputs: [ordered],
    outputs: [own + source.input],
    ...(source.type === "float16" ? { attributes: { to: FLOAT16 } } : {}),
  });

  const shapes = await shapesOf(source, card, names);
  const maps = names.map((node, i) => {
    const value = source.type === "float16" ? after.add("Cast", [own + node], { to: FLOAT }) : own + node;
    const shape = shapes[i];
    // As [1, C, height, width].
    if (shape.length === 4) return { value, shape };
    if (shape.length === 3) {
      const turned = after.add("Transpose", [value], { perm: [0, 2, 1] });
      const full = [1, shape[2], shape[1], 1];
      return { value: after.add("Reshape", [turned, after.ints(...full)]), shape: full };
    }
    const full = [1, shape[1], 1, 1];
    return { value: after.add("Reshape", [value, after.ints(...full)]), shape: full };
  });
  const rows = parts.map(({ tap, pooling }) => {
    const { value, shape: [, channels, height, width] } = maps[names.indexOf(tap)];
    const pooled = windowsOf(pooling, height, width).map(([top, left, down, right]) => {
      const whole = down === height && right === width;
      const window = whole ? value : after.add("Slice", [
        value,
        after.ints(top, left),
        after.ints(top + down, left + right),
        after.ints(2, 3),
      ]);
      const one = after.add(pooling === "max" ? "GlobalMaxPool" : "GlobalAveragePool", [window]);
      return after.add("Reshape", [one, after.ints(1, channels)]);
    });
    const row = pooled.length === 1 ? pooled[0] : after.add("Concat", pooled, { axis: 1 });
    const length = pooled.length * channels;
    const squares = after.add("MatMul", [
      after.add("Mul", [row, row]),
      after.constant(new Float32Array(length).fill(1), [length, 1]),
    ]);
    return after.add("Div", [row, after.add("Add", [after.add("Sqrt", [squares]), after.number(TINY)])]);
  });
  const output = rows.length === 1 ? rows[0] : after.add("Concat", rows, { axis: 1 });
  return {
    inputs: [{ name: input, size }],
    output,
    opset: graft.opset,
    domains: graft.domains,
    functions: graft.functions,
    nodes: [...before.nodes, ...graft.nodes, ...after.nodes],
    constants: [...before.constants, ...graft.constants, ...after.constants],
  };
}

/** Shapes of values of the file, for one picture. */
async function shapesOf(
  { bytes }: NetworkSource & { readonly kind: "onnx" },
  { size, layout }: BackboneCard,
  names: readonly string[],
): Promise<(readonly number[])[]> {
  const { cutOnnx, openOnnx, readOnnx } = await onnxFiles();
  using session = await openOnnx(cutOnnx(bytes, readOnnx(bytes), [...new Set(names)]));
  const shape = layout === "NHWC" ? [1, size, size, 3] : [1, 3, size, size];
  return session.run(new Float32Array(3 * size * size), shape, names).map((result) => result.shape);
}

/** A byte becomes factor x byte + offset, for each channel in the network's order. */
function preparation({ range: [low, high], mean, std }: BackboneCard) {
  return {
    factors: std.map((deviation) => (high - low) / 255 / deviation),
    offsets: std.map((deviation, channel) => (low - mean[channel]) / deviation),
  };
}

/** First row and column, rows and columns of each window that is pooled. */
function windowsOf(pooling: Pooling, height: number, width: number): [number, number, number, number][] {
  if (pooling !== "average-2x2") return [[0, 0, height, width]];
  const [down, right] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  return [[0, 0], [0, width - right], [height - down, 0], [height - down, width - right]]
    .map(([top, left]) => [top, left, down, right]);
}
