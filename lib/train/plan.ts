import { policies } from "../augment/mod.ts";
import type { Dataset } from "../dataset/mod.ts";
import { Shown, tableHtml, tableText } from "../display/mod.ts";
import type { TrainingConfig } from "./types.ts";

/** How much training a time allows: how many folds, repeats, seeds and epochs. */
export class Plan extends Shown {
  constructor(
    /** As "15m"; "none" for no limit. */
    readonly budget: string,
    /** Folds of a cross-validation. */
    readonly folds: number,
    /** Times that a cross-validation is repeated with other folds. */
    readonly repeats: number,
    /** Whether there is time for experiments that only prove a finding. */
    readonly proofs: boolean,
    readonly share: number,
  ) {
    super();
  }

  /** The epochs there is time for, where `wanted` would be trained without a limit. At least 4. */
  epochs(wanted: number): number {
    return Math.max(4, Math.round(wanted * this.share));
  }

  /** As the question trains, with batches of 32. Notebooks share it, so that what one has trained is there in the next. */
  plain(seed: number): Partial<TrainingConfig> {
    return { epochs: this.epochs(20), batchSize: 32, learningRate: 0.001, seed };
  }

  /** What suits small data: mirrored and shifted images, and early stopping. Shared like {@link plain}. */
  careful(seed: number): Partial<TrainingConfig> {
    return {
      epochs: this.epochs(60),
      augmentation: policies.flipShift,
      earlyStopping: { patience: 15 },
      seed,
    };
  }

  override html(): string {
    return tableHtml(this.#table());
  }

  override text(): string {
    return tableText(this.#table());
  }

  #table() {
    return {
      id: "plan",
      title: "What the time allows",
      columns: [{ key: "what", label: "" }, { key: "value", label: "" }],
      rows: [
        { what: "Time", value: this.budget },
        { what: "Folds", value: this.folds },
        { what: "Repeats", value: this.repeats },
      ],
    };
  }
}

/** What `budget` allows on this data set. */
// deno-lint-ignore require-await
export async function plan(_dataset: Dataset, budget: string): Promise<Plan> {
  const quick = budget === "3m";
  return budget === "none"
    ? new Plan(budget, 5, 2, true, 1)
    : new Plan(budget, quick ? 3 : 5, 1, !quick, quick ? 0.3 : 1);
}
