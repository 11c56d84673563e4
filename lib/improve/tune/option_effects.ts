import type { Dataset } from "../../dataset/mod.ts";
import { finding } from "../../diagnose/mod.ts";
import { type FindingRecord, FindingView } from "../../display/mod.ts";
import { smallCnn, smallResNet } from "../../model/mod.ts";
import type { Plan, TrainingConfig } from "../../train/mod.ts";
import { ablate, type Arm } from "./ablate.ts";
import type { Ablation } from "./ablation.ts";
import { chooseOptionScope, type OptionScope } from "./_option_scope.ts";

/** The largest class has that many times the images of the smallest: then weights for classes are tried. */
const UNEVEN = 1.5;

/**
 * What each option of training gains on the small CNN, alone: regularisation, schedules, losses, sizes. All epochs are
 * trained, without early stopping, since a schedule needs its end and averaging its epochs.
 *
 * Where the plan has no time for that, training is shorter, on fewer folds, on smaller images, or of fewer options, or
 * not done at all: the findings say so.
 *
 * @returns An ablation; findings alone where there was no time for any.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function optionEffects(
  images: Dataset,
  plan: Pick<Plan, "trainings" | "folds" | "mostImages" | "careful" | "budget">,
  { seed = 1 }: { readonly seed?: number } = {},
): Promise<Ablation | FindingView> {
  const scope = chooseOptionScope(plan, images, seed, (scope) => options(scope, images).length);
  if (scope === null) return new FindingView([notRun(plan.budget)]);
  const list = options(scope, images);
  const tried = list.slice(0, scope.tried);
  const base: Arm = { name: "the small CNN", model: smallCnn(sizeOf(scope)), config: scope.config };
  return await ablate(images, images.folds(scope.folds, { seed }), base, tried, {
    id: "training-options",
    title: "What each option of training does to the accuracy",
    seed,
    notes: cut(scope, list.slice(scope.tried), plan.budget),
  });
}

/** The likeliest to help few images first: those at the end are left out for time first. */
function options(scope: Pick<OptionScope, "inputSize" | "config">, images: Dataset): Arm[] {
  const size = sizeOf(scope);
  const { epochs = 20 } = scope.config;
  const config = (name: string, more: Partial<TrainingConfig>): Arm => ({
    name,
    model: smallCnn(size),
    config: { ...scope.config, ...more },
  });
  const model = (name: string, spec: Arm["model"]): Arm => ({ name, model: spec, config: scope.config });
  const counts = images.classes.map((_, k) => images.development.filter((i) => images.records[i].label === k).length);
  const uneven = Math.max(...counts) > UNEVEN * Math.min(...counts);
  const warmupEpochs = Math.max(1, Math.round(epochs / 20));
  return [
    config("cosine schedule", { schedule: { kind: "cosine", warmupEpochs } }),
    config("averaged weights", { averaging: { from: 0.75 } }),
    config("test-time augmentation", { testTimeAugmentation: 6 }),
    config("mixup", { mixup: { alpha: 0.2 } }),
    config("cutmix", { cutmix: { alpha: 1 } }),
    config("label smoothing 0.1", { labelSmoothing: 0.1 }),
    config("weight decay 0.05", { weightDecay: 0.05 }),
    model("dropout 0.3", smallCnn({ dropout: 0.3, ...size })),
    config("cosine loss", { loss: "cosine" }),
    model("half the width", smallCnn({ width: 0.5, ...size })),
    ...(uneven ? [config("class weights", { classWeights: "balanced" })] : []),
    model("twice the width", smallCnn({ width: 2, ...size })),
    model("small ResNet instead", smallResNet(size)),
  ];
}

function sizeOf({ inputSize }: Pick<OptionScope, "inputSize">): { readonly inputSize?: number } {
  return inputSize === null ? {} : { inputSize };
}

const REMEDY = "For more certainty give it more time, as with --budget 1h; --thorough has no limit.";

function notRun(budget: string): FindingRecord {
  return finding({
    code: "budget-cut",
    severity: "info",
    sentence: `Not run: there is no time within ${budget} to measure what the options of training bring.`,
    remedy: REMEDY,
  });
}

/** What there was no time for; nothing where all was trained in full. */
function cut({ whole, config, folds, inputSize }: OptionScope, left: readonly Arm[], budget: string): FindingRecord[] {
  if (whole) return [];
  const small = inputSize === null ? "" : ` on images of ${inputSize} pixels`;
  const names = left.length === 0 ? "" : `, and not tried: ${left.map(({ name }) => name).join(", ")}`;
  return [finding({
    code: "budget-cut",
    severity: "info",
    sentence: `To fit into ${budget}, each option was trained for ${config.epochs} epochs on ${
      folds === 1 ? "one fold" : `${folds} folds`
    }${small}${names}. What holds training back pays off in longer training.`,
    remedy: REMEDY,
  })];
}
