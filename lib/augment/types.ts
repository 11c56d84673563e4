/**
 * One way of varying an image, as data. Each image draws its own amount, uniformly within what the operation allows.
 * Shares are of the image's size, so that an operation means the same at every resolution; lightness runs from 0 (black)
 * to 1 (white).
 */
export type Operation = GeometricOperation | ColourOperation | OtherOperation;

/** How often it is applied. */
interface Applied {
  /** Probability that an image is varied by it: 1 where it is left out, one half for flips. */
  readonly chance?: number;
}

/** Moves pixels. Neighbouring ones in a policy are done in one pass, so that an image is resampled once. */
export type GeometricOperation =
  | Flip
  | Rotate
  | Scale
  | Translate
  | Shear
  | Crop;

/** Changes colours, the same way all over the image. Neighbouring ones in a policy are done in one pass. */
export type ColourOperation =
  | Brightness
  | Contrast
  | Saturation
  | Hue;

/** Everything else. */
export type OtherOperation =
  | Blur
  | Noise
  | Cutout
  | TrivialAugment;

/** Mirrors: "horizontal" swaps left and right, "vertical" top and bottom. Of half of the images, by default. */
export interface Flip extends Applied {
  readonly kind: "flip";
  readonly axis: "horizontal" | "vertical";
}

/** Turns about the centre by up to that many degrees either way, above 0 and at most 180. */
export interface Rotate extends Applied {
  readonly kind: "rotate";
  readonly degrees: number;
}

/** Zooms about the centre by a factor from 1 / (1 + by) to 1 + by, out as often as in; `by` is above 0 and at most 1. */
export interface Scale extends Applied {
  readonly kind: "scale";
  readonly by: number;
}

/** Moves by up to that share of the size in each direction, in whole pixels; above 0 and at most 0.5. */
export interface Translate extends Applied {
  readonly kind: "translate";
  readonly by: number;
}

/** Slants along either axis by up to that many degrees, above 0 and at most 45. */
export interface Shear extends Applied {
  readonly kind: "shear";
  readonly degrees: number;
}

/**
 * Cuts out a square of `least` (above 0, below 1) to all of the area, anywhere in the image, and brings it to full size:
 * the random resized crop of Szegedy et al. (2015), Going deeper with convolutions, CVPR; without a change of aspect.
 */
export interface Crop extends Applied {
  readonly kind: "crop";
  readonly least: number;
}

/** Multiplies all values by 1 − by to 1 + by; `by` is above 0 and at most 1. */
export interface Brightness extends Applied {
  readonly kind: "brightness";
  readonly by: number;
}

/** Moves all values away from the image's mean lightness or towards it, by a factor of 1 − by to 1 + by. */
export interface Contrast extends Applied {
  readonly kind: "contrast";
  readonly by: number;
}

/** Moves colours away from grey or towards it, by a factor of 1 − by to 1 + by. */
export interface Saturation extends Applied {
  readonly kind: "saturation";
  readonly by: number;
}

/** Turns colours around the circle of hues by up to that many degrees either way, above 0 and at most 180. */
export interface Hue extends Applied {
  readonly kind: "hue";
  readonly degrees: number;
}

/** Blurs with a Gaussian of up to that standard deviation, as a share of the size; above 0 and at most 0.1. */
export interface Blur extends Applied {
  readonly kind: "blur";
  readonly sigma: number;
}

/** Adds to each value a normal error of up to that standard deviation in lightness; above 0 and at most 0.5. */
export interface Noise extends Applied {
  readonly kind: "noise";
  readonly sigma: number;
}

/**
 * Covers a square with the image's mean colour. Its centre is anywhere, so a part of it may lie outside. `side` is a
 * share of the size, above 0 and at most 0.75.
 *
 * DeVries and Taylor (2017), Improved regularization of convolutional neural networks with cutout. arXiv:1708.04552.
 */
export interface Cutout extends Applied {
  readonly kind: "cutout";
  readonly side: number;
}

/**
 * One operation drawn from a list, with a strength drawn from 31 levels: nothing to be tuned. "standard" is the space of
 * RandAugment (turned by up to 30 degrees), "wide" the one that served best for large data (up to 135).
 *
 * Müller and Hutter (2021), TrivialAugment: tuning-free yet state-of-the-art data augmentation. ICCV.
 */
export interface TrivialAugment extends Applied {
  readonly kind: "trivial";
  readonly space: "standard" | "wide";
}

/** How training images are varied, as data: part of the experiment's hash. */
export interface AugmentationPolicy {
  /** Short and stable, as "flip-shift". */
  readonly name: string;
  /** Applied one after the other, each to every image by its own draw. */
  readonly operations: readonly Operation[];
}
