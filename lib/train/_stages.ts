/**
 * What improving consists of, and the share of its time that each part may take: tuning (07), augmentation and more data
 * (08), pre-trained networks (09), fitting the best anew (10).
 */
export const STAGES = { tune: 0.35, augment: 0.2, "more data": 0.15, transfer: 0.2, verdict: 0.1 } as const;

export type Stage = keyof typeof STAGES;

/** Trainings that a part of the report would like to do, all alike. */
export interface Wanted {
  /** Whose pace they have: the thread's CNN, or the small one, which is trained on varied images. */
  readonly model: "thread" | "small";
  readonly epochs: number;
  /** Images that each trains on, and that it is measured on. */
  readonly trained: number;
  readonly measured: number;
  /** How many, where time is no matter. */
  readonly count: number;
}
