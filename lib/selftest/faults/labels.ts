import type { Fault } from "../types.ts";

/** Share of the training and validation images whose labels are shuffled. */
const SHARE = 0.2;

/** A fifth of the labels dealt out anew among the images they came from. */
export const labelsShuffled: Fault = {
  name: "labels-shuffled",
  what: "a fifth of the labels is shuffled",
  looks: ["labels"],
  expects: ["label-errors"],
  plantData(draft, random) {
    const development = draft.images.filter(({ part }) => part !== "test");
    const chosen = random.shuffled(development).slice(0, Math.round(SHARE * development.length));
    const labels = random.shuffled(chosen.map(({ label }) => label));
    // Groups are left alone: whoever mislabels an image does not rename what it is of.
    chosen.forEach((image, i) => image.label = labels[i]);
  },
};
