import { Resizer } from "./_resize.ts";

/** Cells along each side, and their side at the size they are read at. */
export const CELLS = 8;
const PIXELS = 8;
const SIDE = CELLS * PIXELS;
/** Directions of edges told apart. */
export const DIRECTIONS = 8;
/** Numbers per cell: red, green and blue from 0 to 1, then the strength of edges in each direction. */
export const CELL_LENGTH = 3 + DIRECTIONS;
/** Numbers per picture. */
export const CELLS_LENGTH = CELLS * CELLS * CELL_LENGTH;

/**
 * What the 8x8 cells of a picture hold: their mean colour, and how strong edges are in each of eight directions
 * (histograms of oriented gradients, Dalal and Triggs 2005). Nothing of a cell depends on its neighbours, and turning
 * the picture by quarters only moves cells and directions.
 */
export class CellReader {
  readonly #resizer: Resizer;
  readonly #pixels = new Uint8Array(SIDE * SIDE * 3);
  readonly #grey = new Float32Array(SIDE * SIDE);

  /** @param size Side of the pictures. */
  constructor(size: number) {
    this.#resizer = new Resizer(size, SIDE);
  }

  /** @param out [8, 8, 11] */
  read(picture: Uint8Array, out: Float32Array): void {
    const pixels = this.#pixels, grey = this.#grey;
    this.#resizer.resize(picture, pixels);
    for (let p = 0; p < grey.length; p++) {
      grey[p] = (0.299 * pixels[3 * p] + 0.587 * pixels[3 * p + 1] + 0.114 * pixels[3 * p + 2]) / 255;
    }
    out.fill(0);
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      const top = Math.floor(cell / CELLS) * PIXELS, left = cell % CELLS * PIXELS;
      const own = out.subarray(cell * CELL_LENGTH, (cell + 1) * CELL_LENGTH);
      for (let y = top; y < top + PIXELS; y++) {
        for (let x = left; x < left + PIXELS; x++) {
          const p = y * SIDE + x;
          for (let c = 0; c < 3; c++) own[c] += pixels[3 * p + c] / (255 * PIXELS * PIXELS);
          // An edge needs a neighbour on each side, in the same cell.
          if (y === top || y === top + PIXELS - 1 || x === left || x === left + PIXELS - 1) continue;
          const along = grey[p + 1] - grey[p - 1], down = grey[p + SIDE] - grey[p - SIDE];
          const strength = Math.hypot(along, down);
          if (strength > 0) own[3 + directionOf(along, down)] += strength;
        }
      }
    }
  }
}

/** Centred on the axes and diagonals, so that a quarter turn moves each direction by exactly two. */
function directionOf(along: number, down: number): number {
  return (Math.round(Math.atan2(down, along) / (2 * Math.PI) * DIRECTIONS) + DIRECTIONS) % DIRECTIONS;
}
