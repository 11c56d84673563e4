/** How much each place of an image speaks for a class. */
export interface HeatMap {
  readonly height: number;
  readonly width: number;
  /** [height, width]; above 0 where it speaks for the class, below where against. */
  readonly values: Float32Array;
}

/** The same map with other numbers of rows and columns, by linear interpolation between the middles of cells. */
export function scaled({ height, width, values }: HeatMap, rows: number, columns: number): HeatMap {
  const to = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const [top, bottom, down] = between(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [left, right, across] = between(column, columns, width);
      const upper = values[top * width + left] * (1 - across) + values[top * width + right] * across;
      const lower = values[bottom * width + left] * (1 - across) + values[bottom * width + right] * across;
      to[row * columns + column] = upper * (1 - down) + lower * down;
    }
  }
  return { height: rows, width: columns, values: to };
}

/** The cells before and after a place, and how far it is from the first to the second. */
function between(place: number, places: number, cells: number): [number, number, number] {
  const at = Math.min(cells - 1, Math.max(0, (place + 0.5) * cells / places - 0.5));
  const before = Math.floor(at);
  return [before, Math.min(cells - 1, before + 1), at - before];
}
