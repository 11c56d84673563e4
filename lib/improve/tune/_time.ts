import type { Plan, Wanted } from "../../train/mod.ts";

/** Whether these trainings fit into a share of the time for tuning. */
export function fitting(plan: Pick<Plan, "trainings">, share: number, wanted: Wanted): boolean {
  const count = Math.ceil(wanted.count / share);
  return plan.trainings("tune", { ...wanted, count }) >= count;
}
