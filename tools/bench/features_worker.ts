/**
 * Features of the bundled backbone as a peer, in a process of its own: lines of JSON, `{prepare: images}` or
 * `{measure: images}` in, `{ms}` per image or `{error}` out. Argument: the engine's name.
 */
import { TextLineStream } from "./lines.ts";
import { use } from "../../lib/engine/mod.ts";
import { bundledBackbone } from "../../lib/model/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

await use(Deno.args[0]);
const { size, features } = bundledBackbone();
let pixels = new Uint8Array();

for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
  const request = JSON.parse(line);
  let answer: unknown;
  try {
    answer = await measure(request.prepare ?? request.measure);
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  console.log(JSON.stringify(answer));
}

async function measure(images: number): Promise<unknown> {
  const length = images * size * size * 3;
  if (pixels.length !== length) {
    const random = new Random("bench features");
    pixels = Uint8Array.from({ length }, () => random.integer(256));
  }
  const start = performance.now();
  await features(pixels, images);
  return { ms: (performance.now() - start) / images };
}
