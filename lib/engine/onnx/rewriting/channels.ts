import { type Operand, sameShape, type Shape, sizeOf, type Spec } from "../value.ts";
import { type Editor, seen } from "./editor.ts";

/** Whether something is a batch of images of more than one pixel, of real numbers. */
export function isImage({ shape, dtype }: Spec): boolean {
  return dtype === "float32" && shape.length === 4 && shape[0] * shape[1] * shape[2] > 1;
}

/** Whether an operand is such a batch, not seen under another shape. */
export function isImageOperand({ value, shape }: Operand): boolean {
  return isImage(value) && sameShape(shape, value.shape);
}

/**
 * An operand as a number for each channel, [channels], or one for all, []; null where it is neither. A tile that
 * repeats a vector over batch, height and width is seen through.
 */
export function vectorOf(edit: Editor, operand: Operand, channels: number): Operand | null {
  const { value, shape } = operand;
  if (value.dtype !== "float32") return null;
  const tile = edit.made(operand, "Tile");
  if (tile !== null) return shape.length === 4 ? vectorOf(edit, tile.inputs[0]!, channels) : null;
  if (!isVector(shape)) return null;
  const size = sizeOf(shape);
  return size === channels ? seen(value, [channels]) : size === 1 ? seen(value, []) : null;
}

/** Whether all axes but the last have extent 1. */
function isVector(shape: Shape): boolean {
  return shape.every((extent, axis) => extent === 1 || axis === shape.length - 1);
}

/** Whether a plan of a sum or mean says: over batch, height and width. */
export function isOverPixels(plan: unknown): boolean {
  const { axes } = plan as { axes: number[] };
  return axes.length === 3 && axes[2] === 2;
}
