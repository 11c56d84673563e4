import type { Kernel } from "../kernel.ts";
import type { Shape } from "../value.ts";
import { upsample } from "./pooling.ts";
import type { Pair } from "./window.ts";

/** How often each element repeats, or null where the larger image is no whole multiple of the smaller one. */
function factors(small: Shape, large: Shape): Pair | null {
  const times: Pair = [large[1] / small[1], large[2] / small[2]];
  return times.every(Number.isInteger) ? times : null;
}

export const resizes: readonly Kernel[] = [
  {
    name: "ResizeNearestNeighbor",
    inputs: ["images"],
    dtypes: ["float32"],
    supports: ({ images }, { alignCorners, size: [height, width] }) =>
      !alignCorners && factors(images.shape, [0, height, width]) !== null,
    infer({ images }, { size: [height, width] }) {
      const [batch, , , channels] = images.shape;
      const shape = [batch, height, width, channels];
      return { outputs: [{ shape, dtype: "float32" }], plan: factors(images.shape, shape) };
    },
    lower: (g, [images], times: Pair) => g.refNchw(upsample(g, g.nchw(images), times)),
  },
  {
    name: "ResizeNearestNeighborGrad",
    inputs: ["dy", "images"],
    dtypes: ["float32"],
    supports: ({ dy, images }, { alignCorners }) => !alignCorners && factors(images.shape, dy.shape) !== null,
    infer({ dy, images }) {
      return { outputs: [{ shape: images.shape, dtype: "float32" }], plan: factors(images.shape, dy.shape) };
    },
    lower(g, [dy], times: Pair, [{ shape: [batch, height, width, channels] }]) {
      const attributes = { kernel_shape: times, strides: times };
      const mean = g.op("AveragePool", [g.nchw(dy)], [batch, channels, height, width], "float32", attributes);
      return g.refNchw(g.mul(mean, g.scalar(times[0] * times[1])));
    },
  },
  {
    name: "ResizeBilinear",
    inputs: ["images"],
    dtypes: ["float32"],
    infer({ images }, { size: [height, width], alignCorners, halfPixelCenters }) {
      const [batch, , , channels] = images.shape;
      const mode = alignCorners ? "align_corners" : halfPixelCenters ? "half_pixel" : "asymmetric";
      return { outputs: [{ shape: [batch, height, width, channels], dtype: "float32" }], plan: mode };
    },
    lower(g, [images], mode: string, [{ shape: [batch, height, width, channels] }]) {
      const shape = [batch, channels, height, width];
      return g.refNchw(g.op("Resize", [g.nchw(images), null, null, g.ints(...shape)], shape, "float32", {
        mode: "linear",
        coordinate_transformation_mode: mode,
      }));
    },
  },
];
