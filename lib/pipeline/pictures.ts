import type { Pictures } from "./fitted.ts";

/** Pictures of which every size is asked for once, and every network's features are computed once. */
export function picturesOf(n: number, ask: (size: number) => Uint8Array | Promise<Uint8Array>): Pictures {
  const sizes = new Map<number, Promise<Uint8Array>>(), rows = new Map<string, Promise<Float32Array>>();
  const pixels = (size: number) => {
    if (!sizes.has(size)) sizes.set(size, Promise.resolve(ask(size)));
    return sizes.get(size)!;
  };
  return {
    n,
    pixels,
    features(backbone) {
      if (!rows.has(backbone.version)) {
        rows.set(backbone.version, pixels(backbone.size).then((bytes) => backbone.features(bytes, n)));
      }
      return rows.get(backbone.version)!;
    },
  };
}
