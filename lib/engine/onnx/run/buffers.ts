import { type DType, newArray, type NumericArray } from "../value.ts";

/**
 * Memory of tensors that are gone, kept for tensors of the same size: a training step writes its weights into those of
 * the step before the last, and allocates nothing.
 */
export class Buffers {
  /** By type, then by length. */
  readonly #free = {
    float32: new Map<number, NumericArray[]>(),
    int32: new Map<number, NumericArray[]>(),
    bool: new Map<number, NumericArray[]>(),
  };
  readonly #least: number;
  #bytes = 0;
  #capacity: number;

  /** @param capacity Bytes that may lie unused. */
  constructor(capacity: number) {
    this.#least = this.#capacity = capacity;
  }

  /**
   * Says how many bytes one run takes: the next one will take them again, so as many may lie unused in between, beside
   * whatever else does.
   */
  makeRoomFor(bytes: number): void {
    this.#capacity = Math.max(this.#capacity, this.#least + bytes);
  }

  /** Memory with unspecified content. */
  take(dtype: DType, length: number): NumericArray {
    const array = this.#free[dtype].get(length)?.pop();
    if (array === undefined) return newArray(dtype, length);
    this.#bytes -= array.byteLength;
    return array;
  }

  give(dtype: DType, array: NumericArray): void {
    if (array.byteLength > this.#capacity) return;
    if (this.#bytes + array.byteLength > this.#capacity) {
      // Sizes of a model that is gone would fill it up for ever.
      for (const lists of Object.values(this.#free)) lists.clear();
      this.#bytes = 0;
    }
    const list = this.#free[dtype].get(array.length);
    if (list === undefined) this.#free[dtype].set(array.length, [array]);
    else list.push(array);
    this.#bytes += array.byteLength;
  }
}
