import type { Kernel } from "../kernel.ts";
import type { Shape } from "../value.ts";
import { blockedDataGradient, canBlockDataGradient } from "./blocked_data_gradient.ts";
import { dataGradient } from "./convolution.ts";
import { hasFewPhases, phasedDataGradient } from "./standard_data_gradient.ts";
import type { Window } from "./window.ts";

interface ImageGradientPlan {
  /** For each convolution, whose gradient and filter are two of the inputs. Images follow those. */
  readonly windows: readonly Window[];
}

/** What the rewriting passes record: no call of tfjs comes here. */
export const imageGradients: readonly Kernel[] = [
  {
    /** The gradient with respect to an image that goes into convolutions and elsewhere: theirs, and images that are added. */
    name: "ImageGradient",
    inputs: "...",
    dtypes: ["float32"],
    infer: (_inputs, { windows, shape }: ImageGradientPlan & { shape: Shape }) => {
      return { outputs: [{ shape, dtype: "float32" }], plan: { windows } };
    },
    lower(g, inputs, { windows }: ImageGradientPlan, [{ shape }]) {
      const sources = windows.map((window, i) => {
        return { dy: inputs[2 * i], filter: g.plain(inputs[2 * i + 1]), window };
      });
      const images = inputs.slice(2 * windows.length);
      if (sources.every(({ dy, window }) => canBlockDataGradient(g, shape[3], dy.shape[3], window))) {
        const sum = images.length > 0 ? images.map((image) => g.blocked(image)).reduce(g.add) : null;
        return g.refBlocked(blockedDataGradient(g, sources, sum));
      }
      const gradients = hasFewPhases(g, windows, shape[3])
        ? [g.refNchw(phasedDataGradient(g, sources))]
        : sources.map(({ dy, filter, window }) => dataGradient(g, dy, filter, window, 1));
      return g.elementwise([...gradients, ...images], shape, (edges) => edges.reduce(g.add));
    },
  },
];
