/** A job within a job, for `interrupt_test.ts`: says "ready", waits for an interrupt, and says what each has seen. */
import { onInterrupt } from "../../lib/display/mod.ts";

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

{
  using outer = onInterrupt();
  using inner = onInterrupt();
  console.log("ready");
  while (!inner.stopRequested()) await pause();
  using later = onInterrupt();
  console.log(`outer ${outer.stopRequested()}, inner ${inner.stopRequested()}, later ${later.stopRequested()}`);
  if (Deno.args.includes("--stubborn")) { for (;;) await pause(); }
}
if (Deno.args.includes("--go-on")) { for (;;) await pause(); }
