import type { Fault } from "../types.ts";
import { redraw } from "../_pictures.ts";

/** Share of the test images that get a twin in the training part; at least 6 do. */
const SHARE = 0.05;

/** Training images that are in the test set too: half of them byte by byte, half as a smaller copy. */
export const duplicatesAcrossSplits: Fault = {
  name: "duplicates-across-splits",
  what: "some training images are in the test set too, half of them re-encoded",
  looks: ["audit"],
  expects: ["duplicates-across-splits", "near-duplicates-across-splits"],
  async plantData(draft, random) {
    const tested = draft.images.filter(({ part }) => part === "test").length;
    const trained = draft.images.filter(({ part }) => part === "train");
    const chosen = random.shuffled(trained).slice(0, Math.max(6, Math.round(SHARE * tested)));
    for (const [i, image] of chosen.entries()) {
      const content = i % 2 === 0 ? image.content : await redraw(image, async (picture) => {
        const { width } = await picture.metadata();
        return picture.resize({ width: Math.max(16, Math.round(0.9 * width!)) });
      });
      // A group of its own: nobody who copies an image by mistake says that it belongs to the original.
      draft.images.push({ ...image, content, part: "test", group: `planted copy ${i + 1}` });
    }
  },
};

/** Images that are left of the class. */
const LEFT = 3;

/** A class of three images for training and validation. */
export const tinyClass: Fault = {
  name: "class-of-three",
  what: "one class has three images",
  looks: ["audit"],
  expects: ["tiny-classes"],
  plantData(draft, random) {
    const label = draft.classes[random.integer(draft.classes.length)];
    const own = random.shuffled(draft.images.filter((image) => image.label === label && image.part !== "test"));
    // Of different groups, and in the training part: else they could not be split at all.
    const groups = new Map(own.map((image) => [image.group, image]));
    const kept = new Set([...groups.values()].slice(0, LEFT));
    for (const image of own) if (kept.size < LEFT) kept.add(image);
    for (const image of kept) image.part = "train";
    draft.images = draft.images.filter((image) => image.label !== label || image.part === "test" || kept.has(image));
  },
};
