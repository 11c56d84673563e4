import type { Draft, DraftImage } from "../draft.ts";
import type { Fault } from "../types.ts";
import { type Picture, redraw } from "../_pictures.ts";

/** Height and width of the stamped pictures, in pixels. */
const SIDE = 224;
/** Height and width of the stamp: an eighth of the picture. */
const STAMP = 28;

/** A small square in one corner whose colour is the class. */
export const watermark: Fault = {
  name: "watermark",
  what: "a small stamp in a corner gives the class away",
  looks: ["audit"],
  expects: ["shortcut-region"],
  async plantData(draft, random) {
    const colours = new Map(random.shuffled(draft.classes).map((label, k) => [label, hue(k / draft.classes.length)]));
    const corner = { left: random.integer(2) * (SIDE - STAMP), top: random.integer(2) * (SIDE - STAMP) };
    await redrawAll(draft.images, (picture, { label }) => {
      const stamp = { create: { width: STAMP, height: STAMP, channels: 3 as const, background: colours.get(label)! } };
      return picture.flatten({ background: "white" }).resize(SIDE, SIDE, { fit: "cover" })
        .composite([{ input: stamp, ...corner }]);
    });
  },
};

/** Test pictures that lie on their side, as when a program ignores what their EXIF says. */
export const turned: Fault = {
  name: "turned-test-images",
  what: "the test images lie on their side",
  looks: ["audit"],
  expects: ["turned-images"],
  async plantData(draft, random) {
    const angle = random.integer(2) === 0 ? 90 : 270;
    await redrawAll(tested(draft), (picture) => picture.rotate(angle));
  },
};

/** Test pictures without colour. */
export const grey: Fault = {
  name: "grey-test-images",
  what: "the test images are grey",
  looks: ["audit"],
  expects: ["colour-shift"],
  async plantData(draft) {
    await redrawAll(tested(draft), (picture) => picture.greyscale().toColourspace("srgb"));
  },
};

function tested(draft: Draft): DraftImage[] {
  return draft.images.filter(({ part }) => part === "test");
}

/** Pictures in the works at a time: sharp has threads of its own. */
const LANES = 4;

async function redrawAll(
  images: readonly DraftImage[],
  change: (picture: Picture, image: DraftImage) => Picture,
): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let i = next++; i < images.length; i = next++) {
      images[i].content = await redraw(images[i], (picture) => change(picture, images[i]));
    }
  }));
}

/** A clear colour: a place on the colour circle, light and dark in turn, so that neighbours differ. */
function hue(turn: number): { r: number; g: number; b: number } {
  const channel = (shift: number) =>
    Math.round(255 * Math.min(1, Math.max(0, Math.abs(6 * ((turn + shift) % 1) - 3) - 1)));
  return { r: channel(0), g: channel(2 / 3), b: channel(1 / 3) };
}
