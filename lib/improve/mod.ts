/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export { openBackbone, OpenedBackbone } from "./backbone/opened.ts";
