import type { Kernel } from "../kernel.ts";
import { perChannel, toBlocked } from "../lowering/blocked.ts";
import type { Ref } from "../lowering/ref.ts";
import { broadcast } from "../lowering/shapes.ts";

export const normalisations: readonly Kernel[] = [
  {
    name: "FusedBatchNorm",
    inputs: ["x", "mean", "variance", "offset", "scale"],
    dtypes: ["float32"],
    infer({ x, mean, variance, offset, scale }, { varianceEpsilon }) {
      for (const parameter of [mean, variance, offset, scale]) if (parameter) broadcast(x.shape, parameter.shape);
      return { outputs: [{ shape: x.shape, dtype: "float32" }], plan: varianceEpsilon ?? 0.001 };
    },
    lower(g, [x, mean, variance, offset, scale], epsilon: number) {
      const channels = x.shape.at(-1)!;
      const vectors = [mean, variance, offset, scale].every((p) =>
        !p || p.shape.length === 1 && p.shape[0] === channels
      );
      if (x.layout === "blocked" && vectors) {
        const image = g.blocked(x);
        const perBlock = (ref: Ref) => toBlocked(g, g.reshape(g.plain(ref), [1, 1, 1, channels]), true, g.block);
        const inverse = g.unary("Reciprocal", g.unary("Sqrt", g.add(perBlock(variance), g.scalar(epsilon))));
        const factor = scale ? g.mul(inverse, perBlock(scale)) : inverse;
        const shift = g.mul(perBlock(mean), factor);
        const bias = offset ? g.sub(perBlock(offset), shift) : g.unary("Neg", shift);
        return g.refBlocked(perChannel(g, image, factor, bias));
      }
      if (x.shape.length === 4 && vectors) {
        const vector = (value: number) => g.constant(new Array(channels).fill(value), [channels], "float32");
        const inputs = [
          g.nchw(x),
          scale ? g.plain(scale) : vector(1),
          offset ? g.plain(offset) : vector(0),
          g.plain(mean),
          g.plain(variance),
        ];
        const shape = inputs[0].shape;
        return g.refNchw(g.op("BatchNormalization", inputs, shape, "float32", { epsilon: { float: epsilon } }));
      }
      const present = [x, mean, variance, ...[offset, scale].filter((ref) => ref)];
      return g.elementwise(present, x.shape, ([input, m, v, ...rest]) => {
        const o = offset ? rest.shift() : undefined;
        const s = scale ? rest.shift() : undefined;
        const inverse = g.unary("Reciprocal", g.unary("Sqrt", g.add(v, g.scalar(epsilon))));
        const normalised = g.mul(g.sub(input, m), s ? g.mul(inverse, s) : inverse);
        return o ? g.add(normalised, o) : normalised;
      });
    },
  },
];
