/** One layer, as all peers build it. Convolutions are "same" unless `valid`; pooling halves the map. */
export type Layer =
  | {
    readonly type: "conv";
    readonly filters: number;
    readonly kernel: number;
    readonly stride?: number;
    readonly valid?: boolean;
    readonly bias?: boolean;
    readonly relu?: boolean;
  }
  | { readonly type: "depthwise"; readonly kernel: number; readonly stride?: number }
  | { readonly type: "dense"; readonly units: number }
  | { readonly type: "norm" | "relu" | "pool" | "average" | "flatten" }
  /** `layers` and what went into them, added up. A 1x1 convolution adapts the latter where `filters` is given. */
  | {
    readonly type: "residual";
    readonly layers: readonly Layer[];
    readonly filters?: number;
    readonly stride?: number;
  };

export interface Case {
  readonly name: string;
  /** Of one image or vector. */
  readonly input: readonly number[];
  readonly batch: number;
  readonly mode: "train" | "infer";
  readonly layers: readonly Layer[];
}

const CLASSES = 16;

function thread(size: number, batch: number): Case {
  const layers: Layer[] = [16, 32, 64, 128].map((filters, i) => (
    { type: "conv", filters, kernel: 3, stride: i === 0 ? 2 : 1, valid: i > 0, bias: true, relu: true }
  ));
  return {
    name: `thread's CNN ${size}x${size}, batch ${batch}`,
    input: [size, size, 3],
    batch,
    mode: "train",
    layers: [...layers, { type: "flatten" }, { type: "dense", units: CLASSES }],
  };
}

function blocks(name: string, widths: readonly number[]): Case {
  const layers = widths.flatMap((filters): Layer[] => [
    { type: "conv", filters, kernel: 3 },
    { type: "norm" },
    { type: "relu" },
    { type: "pool" },
  ]);
  return {
    name: `${name} 64x64, batch 32`,
    input: [64, 64, 3],
    batch: 32,
    mode: "train",
    layers: [...layers, { type: "average" }, { type: "dense", units: CLASSES }],
  };
}

function resnet(): Case {
  const block = (filters: number, stride: number): Layer[] => [
    {
      type: "residual",
      ...(stride > 1 ? { filters, stride } : {}),
      layers: [
        { type: "conv", filters, kernel: 3, stride },
        { type: "norm" },
        { type: "relu" },
        { type: "conv", filters, kernel: 3 },
        { type: "norm" },
      ],
    },
    { type: "relu" },
  ];
  return {
    name: "small ResNet 64x64, batch 32",
    input: [64, 64, 3],
    batch: 32,
    mode: "train",
    layers: [
      { type: "conv", filters: 16, kernel: 3 },
      { type: "norm" },
      { type: "relu" },
      ...block(16, 1),
      ...block(32, 2),
      ...block(64, 2),
      { type: "average" },
      { type: "dense", units: CLASSES },
    ],
  };
}

/** MobileNet (Howard et al. 2017) at width 0.5. */
function mobilenet(): Case {
  const separable = (filters: number, stride: number): Layer[] => [
    { type: "depthwise", kernel: 3, stride },
    { type: "norm" },
    { type: "relu" },
    { type: "conv", filters, kernel: 1 },
    { type: "norm" },
    { type: "relu" },
  ];
  const widths = [[32, 1], [64, 2], [64, 1], [128, 2], [128, 1], [256, 2], [256, 1], [256, 1], [512, 2], [512, 1]];
  return {
    name: "MobileNet inference 224x224, batch 32",
    input: [224, 224, 3],
    batch: 32,
    mode: "infer",
    layers: [
      { type: "conv", filters: 16, kernel: 3, stride: 2 },
      { type: "norm" },
      { type: "relu" },
      ...widths.flatMap(([filters, stride]) => separable(filters, stride)),
      { type: "average" },
      { type: "dense", units: CLASSES },
    ],
  };
}

/** What is measured. */
export const cases: readonly Case[] = [
  thread(64, 32),
  thread(64, 4),
  thread(224, 32),
  thread(224, 4),
  blocks("4-block CNN", [32, 64, 128, 128]),
  blocks("small CNN", [16, 32, 64, 128]),
  resnet(),
  {
    name: "dense head on 1,024 features, batch 32",
    input: [1024],
    batch: 32,
    mode: "train",
    layers: [{ type: "dense", units: CLASSES }],
  },
  mobilenet(),
];

/**
 * Floating point operations of products and convolutions in one step. Training takes three times the forward pass, but
 * that nobody needs the gradient of the images: the first layer takes twice its own.
 */
export function operations({ input, batch, mode, layers }: Case): number {
  let shape = [...input];
  const count = (layer: Layer): number => {
    switch (layer.type) {
      case "conv": {
        const { filters, kernel, stride = 1, valid } = layer;
        const extent = (n: number) => Math.ceil((valid ? n - kernel + 1 : n) / stride);
        const cost = kernel * kernel * shape[2] * filters;
        shape = [extent(shape[0]), extent(shape[1]), filters];
        return cost * shape[0] * shape[1];
      }
      case "depthwise": {
        const extent = (n: number) => Math.ceil(n / (layer.stride ?? 1));
        shape = [extent(shape[0]), extent(shape[1]), shape[2]];
        return layer.kernel ** 2 * shape[0] * shape[1] * shape[2];
      }
      case "dense": {
        const cost = shape[0] * layer.units;
        shape = [layer.units];
        return cost;
      }
      case "residual": {
        const before = shape[2];
        const sum = layer.layers.reduce((n, inner) => n + count(inner), 0);
        return sum + (layer.filters ? before * layer.filters * shape[0] * shape[1] : 0);
      }
      case "pool":
        shape = [shape[0] >> 1, shape[1] >> 1, shape[2]];
        return 0;
      case "average":
        shape = [shape[2]];
        return 0;
      case "flatten":
        shape = [shape.reduce((n, extent) => n * extent, 1)];
        return 0;
      default:
        return 0;
    }
  };
  const products = layers.map(count);
  const total = products.reduce((sum, n) => sum + n, 0);
  return 2 * batch * (mode === "train" ? 3 * total - products[0] : total);
}
