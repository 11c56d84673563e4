/** `deno task bench SUBJECT …`: measurements that a person reads. No test depends on them. */
import { benchAugment } from "./augment.ts";
import { benchEngine } from "./engine.ts";
import { benchExperiments } from "./experiments.ts";
import { benchFeatures } from "./features.ts";
import { benchQueue, benchQueueTrainings } from "./queue.ts";

const subjects: Record<string, (args: string[]) => Promise<void>> = {
  augment: benchAugment,
  engine: benchEngine,
  experiments: benchExperiments,
  features: benchFeatures,
  queue: benchQueue,
  "queue-trainings": benchQueueTrainings,
};
const [subject, ...args] = Deno.args;
if (!Object.hasOwn(subjects, subject ?? "")) {
  console.error(`Cannot measure "${subject ?? ""}": it must be one of ${Object.keys(subjects).join(", ")}`);
  Deno.exit(2);
}
await subjects[subject](args);
Deno.exit(0);
