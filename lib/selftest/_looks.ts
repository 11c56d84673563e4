import { type Dataset, open } from "../dataset/mod.ts";
import { dataAudit, learningCurves, lint } from "../diagnose/mod.ts";
import type { FindingRecord } from "../display/mod.ts";
import { crossValidate, fedBatch } from "../train/mod.ts";
import { labelErrors } from "./_label_errors.ts";
import { TRAINING_SIZE } from "./_setting.ts";
import type { Look, Setting } from "./types.ts";

/** The copy that is looked at. */
export interface Subject {
  readonly folder: string;
  readonly setting: Setting;
  readonly seed: number;
  /** Called while it trains, so that progress shows: the share that is done. */
  readonly onProgress: (share: number) => void;
}

/** What each diagnosis finds; null where this build has no such diagnosis. */
export const LOOKS: Readonly<Record<Look, (subject: Subject) => Promise<readonly FindingRecord[] | null>>> = {
  audit: async (subject) => (await dataAudit(await opened(subject))).findings,

  async lint(subject) {
    const { setting: { model, config, loss, validationSplit, feed = (batch) => batch } } = subject;
    const dataset = await opened(subject);
    const batch = feed(await fedBatch(dataset, config));
    return lint(model, { dataset, config, loss, validationSplit, batch }).findings;
  },

  async training(subject) {
    const { setting: { model, config }, seed, onProgress } = subject;
    const images = await opened(subject, TRAINING_SIZE);
    const fold = images.holdOut(0.25, { seed });
    // Unvaried images: in so few epochs a varied set would not be fitted, and the verdict would rightly ask for more.
    const short = { ...config, augmentation: null, earlyStopping: null };
    const runs = await crossValidate(model, images, [fold], short, {
      onProgress: (epochs) => onProgress(epochs / config.epochs),
    });
    return learningCurves(runs, images, { seed }).findings;
  },

  labels: async (subject) => await labelErrors(await opened(subject), subject.seed),
};

async function opened({ folder, seed }: Subject, size?: number): Promise<Dataset> {
  return await open(folder, { size, seed, onProgress: () => {} });
}
