import type { Part } from "./types.ts";

const names: Readonly<Record<string, Part>> = {
  train: "train",
  training: "train",
  val: "val",
  valid: "val",
  validation: "val",
  dev: "val",
  test: "test",
  testing: "test",
};

/** The names people give the parts of a data set, for messages. */
export const partNames = "train, val or test";

/** What a folder's name, or a word in a `split` column, says about the part; null where it says nothing. */
export function partOf(name: string): Part | null {
  return names[name.trim().toLowerCase()] ?? null;
}
