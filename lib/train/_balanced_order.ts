import type { Random } from "../stats/mod.ts";

/**
 * An epoch in which every class is shown equally often: as many rows as there are images, of a class each of its images
 * once before any of them twice.
 *
 * @param labels [n] Classes.
 * @returns [n] Rows, shuffled.
 */
export function balancedOrder(labels: Int32Array, random: Random): number[] {
  const classes = [...Map.groupBy(labels.keys(), (row) => labels[row]).values()].map((rows) => random.shuffled(rows));
  // Who gets one more where the classes do not divide the images is drawn anew each epoch.
  const turns = random.shuffled(classes.keys());
  const order = Array.from({ length: labels.length }, (_, i) => {
    const rows = classes[turns[i % turns.length]];
    return rows[Math.floor(i / turns.length) % rows.length];
  });
  return random.shuffled(order);
}
