import assert from "node:assert/strict";
import { inWords, policies } from "../../lib/augment/mod.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

Deno.test("inWords() says what a policy does to images", () => {
  const said = (name: keyof typeof policies) => plain(inWords(policies[name]));
  assert.equal(said("flipShift"), "mirrored left to right, moved by up to 12.5 %");
  assert.equal(said("flipVertical"), "mirrored top to bottom");
  assert.equal(
    said("colour"),
    "with brightness, contrast and saturation changed by up to 30 %, with hue turned by up to 15°",
  );
  assert.equal(said("cutout"), "with a square of 50 % of the size covered (half of them)");
  assert.equal(said("blur"), "blurred by up to 1.56 % of the size (half of them)");
  const rest = Object.values(policies).map((policy) => inWords(policy));
  assert.equal(new Set(rest).size, rest.length, "each differs");
  assert.equal(
    plain(inWords({
      name: "mine",
      operations: [{ kind: "flip", axis: "horizontal", chance: 1 }, { kind: "brightness", by: 0.1 }, {
        kind: "contrast",
        by: 0.2,
        chance: 0.25,
      }],
    })),
    "mirrored left to right (100 % of them), with brightness changed by up to 10 %, " +
      "with contrast changed by up to 20 % (25 % of them)",
  );
});
