import type { Kernel } from "../kernel.ts";
import { channelKernels } from "./channels.ts";
import { lawful } from "../legality.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { fills } from "./fill.ts";
import { imageGradients } from "./image_gradient.ts";
import { matmuls } from "./matmul.ts";
import { normalisations } from "./normalise.ts";
import { poolings } from "./pooling.ts";
import { reductions } from "./reduce.ts";
import { resizes } from "./resize.ts";
import { selections } from "./select.ts";
import { shapes } from "./shape.ts";

/** Every kernel that is recorded and lowered, family by family. */
export const kernels: readonly Kernel[] = [
  ...channelKernels,
  ...convolutions,
  ...elementwise,
  ...fills,
  ...imageGradients,
  ...matmuls,
  ...normalisations,
  ...poolings,
  ...reductions,
  ...resizes,
  ...selections,
  ...shapes,
].map(lawful);
