import type { EngineReport } from "../../engine/mod.ts";
import type { Pace, PaceRequest } from "../_pace.ts";
import type { EpochMetrics } from "../types.ts";
import type { ImageTable, Job, Outcome } from "./job.ts";

/** What is asked of a Worker, one thing at a time. */
export type Request =
  | { readonly kind: "train"; readonly job: Job; readonly images: ImageTable }
  | { readonly kind: "pace"; readonly pace: PaceRequest }
  /** To the job under way. */
  | { readonly kind: "stop" }
  /** Gives back what it holds, and ends. */
  | { readonly kind: "end" };

/** What it says. */
export type Reply =
  | { readonly kind: "progress"; readonly epochs: number; readonly last: EpochMetrics | null }
  | { readonly kind: "trained"; readonly outcome: Outcome; readonly fallbacks: EngineReport["fallbacks"] }
  | { readonly kind: "paced"; readonly pace: Pace }
  | { readonly kind: "failed"; readonly name: string; readonly message: string; readonly stack?: string };
