/** Loads the engine named first and says, as a line of JSON, what it is; with "measure", how long a step takes. */
import { tf, use } from "../engine/mod.ts";
import { smallCnn } from "../model/mod.ts";

const [name, measure] = Deno.args;
const IMAGES = 32, SIZE = 64, CLASSES = 16, FIRST = 3, STEPS = 6;

try {
  const { label } = await use(name);
  console.log(JSON.stringify({ label, reason: "", step: measure ? await quickestStep() : null }));
} catch (error) {
  // What the message says of other engines is said elsewhere.
  const reason = (error as Error).message.replace(/^Cannot use the engine "[\w-]+": /, "").split(";")[0];
  console.log(JSON.stringify({ label: null, reason, step: null }));
}
Deno.exit(0);

async function quickestStep(): Promise<number> {
  const model = smallCnn().build({ size: SIZE, classes: CLASSES, seed: 1 });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
  const x = tf.randomUniform([IMAGES, SIZE, SIZE, 3], 0, 1, "float32", 1);
  const y = tf.oneHot(Array.from({ length: IMAGES }, (_, i) => i % CLASSES), CLASSES);
  let quickest = Infinity;
  for (let step = 0; step < FIRST + STEPS; step++) {
    const start = performance.now();
    await model.trainOnBatch(x, y);
    if (step >= FIRST) quickest = Math.min(quickest, performance.now() - start);
  }
  return quickest;
}
