import { Random } from "../../stats/mod.ts";
import { emojiByClass } from "./_emoji.ts";
import { iconSvg, styles } from "./_icons.ts";

/** One image of the sample, or of what may be added to it. */
export interface SampleImage {
  readonly class: string;
  /** The group. */
  readonly emoji: string;
  readonly style: string;
  /** "reserve" is kept for the experiment that collects more data: never an emoji of the test set. */
  readonly split: "train" | "test" | "reserve";
}

const TRAIN = 750;
const TEST = 350;
const SEED = 1;

/**
 * Which drawing of which emoji goes where. Per class, 47 images for training and 22 for the test (46 and 21 in two
 * classes): emoji are shuffled; whole emoji go to the test set until it has its images, then drawings of the others,
 * in random order, to training. What is left of those is the reserve. What is left of the last test emoji goes nowhere.
 *
 * `data/emoji16/recipe.csv` is what this returns, with checksums; that file is what the sample is built from.
 */
export async function selectSample(): Promise<SampleImage[]> {
  const classes = [...await drawings()];
  const random = new Random(`${SEED}/emoji16`);
  const order = random.shuffled(classes.keys());
  const quota = (total: number) => {
    const base = Math.floor(total / classes.length);
    const more = total - base * classes.length;
    return new Map(order.map((index, rank) => [index, rank < more ? base + 1 : base]));
  };
  const train = quota(TRAIN);
  const test = quota(TEST);
  return classes.flatMap(([name, byEmoji], index) => {
    const images: SampleImage[] = [];
    const rest: Omit<SampleImage, "split">[] = [];
    let tested = 0;
    for (const emoji of random.shuffled(byEmoji.keys())) {
      const drawn = random.shuffled(byEmoji.get(emoji)!).map((style) => ({ class: name, emoji, style }));
      if (tested === test.get(index)!) rest.push(...drawn);
      else {
        const taken = drawn.slice(0, test.get(index)! - tested);
        tested += taken.length;
        images.push(...taken.map((image) => ({ ...image, split: "test" as const })));
      }
    }
    for (const [rank, image] of random.shuffled(rest).entries()) {
      images.push({ ...image, split: rank < train.get(index)! ? "train" : "reserve" });
    }
    return images;
  });
}

/** The styles that draw each emoji, by class. */
async function drawings(): Promise<Map<string, Map<string, string[]>>> {
  const classes = new Map<string, Map<string, string[]>>();
  for (const [name, members] of emojiByClass()) {
    const byEmoji = new Map<string, string[]>();
    for (const emoji of members) {
      const found: string[] = [];
      for (const style of styles) if (await iconSvg(style, emoji) !== null) found.push(style);
      if (found.length > 0) byEmoji.set(emoji, found);
    }
    classes.set(name, byEmoji);
  }
  return classes;
}
