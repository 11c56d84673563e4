import type { Judged } from "../../display/mod.ts";
import { type Interval, type PairedTest, pairedTest } from "../../stats/mod.ts";
import { accuracyOf, differenceOf, type Measured } from "../_measured.ts";
import type { RememberedImage } from "./report_state.ts";

/** One model in both reports. */
export interface ModelChange {
  readonly name: string;
  readonly before: Interval;
  readonly now: Interval;
  /** On the images that both have measured, with the label that they had in both; null where there are none. */
  readonly paired:
    | { readonly difference: Interval; readonly test: PairedTest; readonly before: Interval; readonly now: Interval }
    | null;
  /** On images that the last report did not have; null where none were measured. */
  readonly fresh: Interval | null;
}

/** A model before and now: on all that was measured, on the images both have, and on new ones. */
export function modelChange(
  before: Judged,
  now: Judged,
  imagesBefore: readonly RememberedImage[],
  imagesNow: readonly RememberedImage[],
): ModelChange {
  const [old, current] = [byHash(imagesBefore), byHash(imagesNow)];
  const said = new Map(before.images.map((hash, i) => [hash, before.correct[i]]));
  const places = [...now.images.keys()];
  const both = places.filter((i) => {
    const hash = now.images[i];
    return said.has(hash) && current.has(hash) && old.get(hash)?.class === current.get(hash)!.class;
  });
  const fresh = places.filter((i) => !old.has(now.images[i]) && current.has(now.images[i]));
  const of = (judged: Judged, images: Map<string, RememberedImage>, places: readonly number[]) => ({
    correct: places.map((i) => judged.correct[i]),
    measured: measuredOn(places.map((i) => images.get(judged.images[i])!), judged.folds),
  });
  const interval = ({ correct, measured }: ReturnType<typeof of>) => accuracyOf(correct, measured);
  const known = (judged: Judged, images: Map<string, RememberedImage>) =>
    [...judged.images.keys()].filter((i) => images.has(judged.images[i]));
  return {
    name: now.name,
    before: interval(of(before, old, known(before, old))),
    now: interval(of(now, current, known(now, current))),
    paired: both.length === 0 ? null : pairedOn(of(now, current, both), both.map((i) => said.get(now.images[i])!)),
    fresh: fresh.length === 0 ? null : interval(of(now, current, fresh)),
  };
}

function pairedOn(
  { correct, measured }: { readonly correct: readonly boolean[]; readonly measured: Measured },
  before: readonly boolean[],
): NonNullable<ModelChange["paired"]> {
  const { dataset, images } = measured;
  return {
    difference: differenceOf(before, correct, measured).difference,
    test: pairedTest({
      a: before,
      b: correct,
      groups: dataset!.grouped ? images.map((i) => dataset!.records[i].group) : undefined,
    }),
    before: accuracyOf(before, measured),
    now: accuracyOf(correct, measured),
  };
}

/** The images as what `accuracyOf` wants to know of a data set. */
function measuredOn(images: readonly RememberedImage[], folds: number): Measured {
  const classes = [...new Set(images.map((image) => image.class))];
  return {
    images: images.map((_, i) => i),
    folds,
    seed: 1,
    dataset: {
      grouped: images.every(({ group }) => group !== null),
      records: images.map((image, i) => ({
        label: classes.indexOf(image.class),
        group: String(image.group ?? `alone ${i}`),
      })),
    },
  };
}

/** Of copies, the first. */
function byHash(images: readonly RememberedImage[]): Map<string, RememberedImage> {
  return new Map([...images].reverse().map((image) => [image.hash, image]));
}
