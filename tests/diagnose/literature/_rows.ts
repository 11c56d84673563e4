import type { LiteratureRow } from "../../../lib/diagnose/mod.ts";

/** A row as the reader returns it, with what a test changes. */
export function row(parts: Partial<LiteratureRow> = {}): LiteratureRow {
  return {
    dataset: "Some",
    classes: 10,
    imageSize: "64x64",
    pixels: 64,
    trainImages: null,
    testImages: 1000,
    imagesPerClassTrain: 50,
    method: "net",
    methodKind: "from-scratch",
    accuracy: 0.5,
    metric: "accuracy",
    optimistic: false,
    overlap: false,
    note: null,
    citation: { authors: "Author", title: "Title", year: 2020, venue: null, url: null },
    verifiedAt: null,
    file: null,
    ...parts,
  };
}
