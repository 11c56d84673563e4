import type { Preparation } from "./_preprocess.ts";

/** A way of preparing pixels that pre-trained networks are known to want. */
export interface Convention extends Omit<Preparation, "size" | "layout"> {
  /** As a clause: "scaled to 0 to 1". */
  readonly words: string;
}

const NOTHING = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

/** The ways in use for networks trained on ImageNet; its mean colour is RGB 124, 116, 104. */
export const CONVENTIONS = {
  unit: { words: "scaled to 0 to 1", channels: "RGB", range: [0, 1], ...NOTHING },
  symmetric: { words: "scaled to −1 to 1", channels: "RGB", range: [-1, 1], ...NOTHING },
  standardised: {
    words: "scaled to 0 to 1, minus ImageNet's mean, divided by its deviation",
    channels: "RGB",
    range: [0, 1],
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  centred: {
    words: "0 to 255 minus ImageNet's mean, blue first",
    channels: "BGR",
    range: [0, 255],
    mean: [104, 117, 123],
    std: [1, 1, 1],
  },
  raw: { words: "0 to 255 as they are", channels: "RGB", range: [0, 255], ...NOTHING },
} as const satisfies Record<string, Convention>;

/** Names that say where a network comes from, and thereby what it wants; the first that is found counts. */
const KNOWN: readonly {
  readonly pattern: RegExp;
  readonly convention: keyof typeof CONVENTIONS;
  readonly says: string;
}[] = [
  { pattern: /caffe/i, convention: "centred", says: "it was made with Caffe" },
  { pattern: /darknet|yolo/i, convention: "unit", says: "it is named like a network of Darknet" },
  {
    pattern: /squeezenet|^data_0$|fire2\//i,
    convention: "centred",
    says: "its names are those of a network from Caffe",
  },
  {
    pattern: /efficientnet.*lite|inception|xception|nasnet/i,
    convention: "symmetric",
    says: "its name is that of a network which usually wants this",
  },
  { pattern: /pytorch|torch|timm/i, convention: "standardised", says: "it was made with PyTorch" },
  { pattern: /mobilenet/i, convention: "symmetric", says: "its name is that of a network which usually wants this" },
  {
    pattern: /resnet|densenet|regnet|convnext|vgg|dino|deit|swin/i,
    convention: "standardised",
    says: "it is named like one",
  },
  { pattern: /tf2onnx|keras/i, convention: "symmetric", says: "it was made with TensorFlow" },
];

/** What a network's names say of its pixels, or null. */
export function conventionOf(
  hints: readonly string[],
): { readonly convention: Convention; readonly because: string } | null {
  for (const { pattern, convention, says } of KNOWN) {
    const hint = hints.find((text) => pattern.test(text));
    if (hint !== undefined) return { convention: CONVENTIONS[convention], because: `${says} ("${hint}")` };
  }
  return null;
}
