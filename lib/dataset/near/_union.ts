/** Which things are joined, directly or through others. */
export class Union {
  readonly #parent: Int32Array;

  constructor(n: number) {
    this.#parent = Int32Array.from({ length: n }, (_, i) => i);
  }

  find(i: number): number {
    while (this.#parent[i] !== i) i = this.#parent[i] = this.#parent[this.#parent[i]];
    return i;
  }

  join(i: number, j: number): void {
    const a = this.find(i), b = this.find(j);
    // The smaller index leads, whatever the order of joining.
    if (a !== b) this.#parent[Math.max(a, b)] = Math.min(a, b);
  }

  /** Sets of two or more, each ascending, by their first member. */
  sets(): number[][] {
    const members = new Map<number, number[]>();
    for (let i = 0; i < this.#parent.length; i++) {
      const root = this.find(i);
      const set = members.get(root);
      if (set) set.push(i);
      else members.set(root, [i]);
    }
    return [...members.values()].filter((set) => set.length > 1);
  }
}
