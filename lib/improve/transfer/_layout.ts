import { UMAP } from "umap-js";
import { Random } from "../../stats/mod.ts";
import type { Kernel } from "../../train/mod.ts";

const NEIGHBOURS = 15;

/**
 * Places in the plane for images, so that those whose features point the same way lie close together: UMAP (McInnes, Healy
 * and Melville 2018) on the cosine. The same seed gives the same places.
 *
 * @returns [n][x, y]
 */
export async function umapLayout({ n, values }: Kernel, seed: number, pause: () => Promise<void>): Promise<number[][]> {
  if (n < 4) return Array.from({ length: n }, (_, i) => [i, 0]);
  const most = Math.min(NEIGHBOURS, n - 1);
  const lengths = Float64Array.from({ length: n }, (_, i) => Math.sqrt(values[i * n + i]) || 1);
  const indices: number[][] = [], distances: number[][] = [];
  for (let i = 0; i < n; i++) {
    const away = Array.from({ length: n }, (_, j) => {
      return i === j ? -1 : Math.max(0, 1 - values[i * n + j] / lengths[i] / lengths[j]);
    });
    // The nearest is the image itself, as umap-js expects it.
    const nearest = [...away.keys()].sort((a, b) => away[a] - away[b] || a - b).slice(0, most);
    indices.push(nearest);
    distances.push(nearest.map((j) => Math.max(0, away[j])));
  }
  const random = new Random(`${seed}/umap`);
  const umap = new UMAP({ nNeighbors: most, minDist: 0.25, nEpochs: 300, random: () => random.next() });
  umap.setPrecomputedKNN(indices, distances);
  const epochs = umap.initializeFit(indices); // rows are only counted: the neighbours are known
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % 20 === 19) await pause();
  }
  return umap.getEmbedding();
}

/** What of n places, in the unit square, has a cell of a grid of its own, near by: [n] cell numbers, row by row. */
export function cellsOf(places: readonly (readonly number[])[], columns: number, rows: number): number[] {
  const taken = new Set<number>();
  return places.map(([x, y]) => {
    const column = Math.min(columns - 1, Math.floor(x * columns)), row = Math.min(rows - 1, Math.floor(y * rows));
    let best = -1, nearest = Infinity;
    for (let radius = 0; radius < Math.max(columns, rows); radius++) {
      // A ring further out cannot be nearer than its distance.
      if (radius > nearest + 1) break;
      for (let r = row - radius; r <= row + radius; r++) {
        for (let c = column - radius; c <= column + radius; c++) {
          if (Math.max(Math.abs(r - row), Math.abs(c - column)) !== radius) continue;
          if (r < 0 || c < 0 || r >= rows || c >= columns || taken.has(r * columns + c)) continue;
          const away = Math.hypot((c + 0.5) - x * columns, (r + 0.5) - y * rows);
          if (away < nearest) [best, nearest] = [r * columns + c, away];
        }
      }
    }
    taken.add(best);
    return best;
  });
}
