import { type DType, newArray, type NumericArray } from "../value.ts";

/**
 * Memory of tensors that are gone, kept for tensors of the same size: a training step writes its weights into those of
 * the step before the last, and allocates nothing.
 */
export class Buffers {
  readonly #free = new Map<string, NumericArray[]>();
  #bytes = 0;

  /** @param capacity Bytes that may lie unused. */
  constructor(readonly capacity: number) {}

  /** Memory with unspecified content. */
  take(dtype: DType, length: number): NumericArray {
    const array = this.#free.get(`${dtype}${length}`)?.pop();
    if (array === undefined) return newArray(dtype, length);
    this.#bytes -= array.byteLength;
    return array;
  }

  give(dtype: DType, array: NumericArray): void {
    if (array.byteLength > this.capacity) return;
    if (this.#bytes + array.byteLength > this.capacity) {
      // Sizes of a model that is gone would fill it up for ever.
      this.#free.clear();
      this.#bytes = 0;
    }
    const key = `${dtype}${array.length}`;
    const list = this.#free.get(key);
    if (list === undefined) this.#free.set(key, [array]);
    else list.push(array);
    this.#bytes += array.byteLength;
  }
}
