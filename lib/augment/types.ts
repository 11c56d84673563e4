/** How training images are varied, as data: part of the experiment's hash. */
export interface AugmentationPolicy {
  readonly name: string;
  /** Mirror left and right with probability one half. */
  readonly flip: boolean;
  /** Shift by up to this share of the size, in each direction; edges are repeated. */
  readonly shift: number;
}
