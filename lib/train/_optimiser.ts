import { type layers, tf } from "../engine/mod.ts";
import type { TrainingConfig } from "./types.ts";

/**
 * Adam with decoupled weight decay (AdamW, Loshchilov and Hutter 2019): what is taken off the weights is no part of the
 * gradient, so that Adam does not rescale it.
 */
export class AdamW extends tf.AdamOptimizer {
  /** @param decay The share that a step takes off, times the learning rate. */
  constructor(learningRate: number, readonly decay: number) {
    // tfjs's defaults, of which none is exported.
    super(learningRate, 0.9, 0.999, tf.backend().epsilon());
  }

  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    const names = Array.isArray(gradients) ? gradients.map(({ name }) => name) : Object.keys(gradients);
    const { registeredVariables } = tf.engine();
    const kept = 1 - this.learningRate * this.decay;
    tf.tidy(() => {
      for (const name of names.filter(isKernel)) {
        const variable = registeredVariables[name];
        variable.assign(tf.mul(variable, kept));
      }
    });
    super.applyGradients(gradients);
  }
}

/** Filters and matrices; biases and what normalisations scale by are left alone. Names may end in a number, "_1". */
function isKernel(name: string): boolean {
  return /(^|[/_])kernel(_\d+)?$/.test(name);
}

/** Of the configuration. */
export function optimiser({ learningRate, weightDecay = 0 }: TrainingConfig): tf.Optimizer {
  return weightDecay > 0 ? new AdamW(learningRate, weightDecay) : tf.train.adam(learningRate);
}

/**
 * The learning rate of a step: constant; or rising in a line over the warm-up and then falling to 0 as half a cosine; or
 * going through a range by a factor that stays the same.
 *
 * @param epochs Epochs done, with the fraction of the current one.
 */
export function rateAt({ learningRate, schedule, epochs: all }: TrainingConfig, epochs: number): number {
  if (schedule === undefined) return learningRate;
  if (schedule.kind === "range") return learningRate * (schedule.to / learningRate) ** (epochs / all);
  const { warmupEpochs } = schedule;
  if (epochs < warmupEpochs) return learningRate * epochs / warmupEpochs;
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * (epochs - warmupEpochs) / (all - warmupEpochs)));
}

/** Sets it for the next step. tfjs reads it at every step, but has no name for that. */
export function setRate(model: layers.LayersModel, rate: number): void {
  (model.optimizer as unknown as { learningRate: number }).learningRate = rate;
}
