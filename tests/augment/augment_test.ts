import assert from "node:assert/strict";
import { augment, type AugmentationPolicy, type Operation, policies } from "../../lib/augment/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/** One 2x2 image whose pixels are told apart by their first channel: 1 2 / 3 4. */
const image = new Float32Array([1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0]);
const firstChannel = (values: Float32Array) => Array.from(values).filter((_, i) => i % 3 === 0).join(" ");
const only = (...operations: Operation[]): AugmentationPolicy => ({ name: "test", operations });

const SIZE = 32;
/** A disc, off the centre, on a slope of grey: smooth enough to be turned forth and back. */
const smooth = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
  const pixel = Math.floor(i / 3), x = pixel % SIZE, y = Math.floor(pixel / SIZE);
  const disc = Math.exp(-((x - 19) ** 2 + (y - 14) ** 2) / 40);
  return 0.2 + 0.3 * x / SIZE + 0.4 * disc * (i % 3 === 0 ? 1 : 0.4);
});
const noisy = (() => {
  const random = new Random("noisy");
  return Float32Array.from({ length: SIZE * SIZE * 3 }, () => random.next());
})();

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: ArrayLike<number>) => {
  const middle = mean(values);
  return Math.sqrt(mean(Array.from(values, (value) => (value - middle) ** 2)));
};
/** Many variations of the same image, one after the other. */
function many(policy: AugmentationPolicy, of = smooth, n = 200): Float32Array[] {
  const random = new Random("many");
  return Array.from({ length: n }, () => augment(of, SIZE, policy, random));
}
/** Where the disc is: the mean place of what is much redder than green. */
function disc(values: Float32Array): { x: number; y: number; mass: number } {
  let x = 0, y = 0, mass = 0;
  for (let pixel = 0; pixel < SIZE * SIZE; pixel++) {
    const weight = Math.max(0, values[pixel * 3] - values[pixel * 3 + 1]);
    x += weight * (pixel % SIZE);
    y += weight * Math.floor(pixel / SIZE);
    mass += weight;
  }
  return { x: x / mass, y: y / mass, mass };
}

Deno.test("augment() with flip gives the image or its mirror image, each about half of the time", () => {
  const random = new Random(1);
  const seen: Record<string, number> = {};
  for (let i = 0; i < 400; i++) {
    const key = firstChannel(augment(image, 2, policies.flip, random));
    seen[key] = (seen[key] ?? 0) + 1;
  }
  assert.deepEqual(Object.keys(seen).sort(), ["1 2 3 4", "2 1 4 3"]);
  assert.ok(seen["1 2 3 4"] > 150 && seen["1 2 3 4"] < 250, `${seen["1 2 3 4"]} of 400`);
});

Deno.test("augment() turns upside down where the flip is vertical", () => {
  const always = only({ kind: "flip", axis: "vertical", chance: 1 });
  assert.equal(firstChannel(augment(image, 2, always, new Random(1))), "3 4 1 2");
});

Deno.test("augment() with shift moves by up to the given share and repeats the edge", () => {
  const random = new Random(1);
  const seen = new Set<string>();
  for (let i = 0; i < 300; i++) {
    seen.add(firstChannel(augment(image, 2, only({ kind: "translate", by: 0.5 }), random)));
  }
  assert.equal(seen.size, 9); // -1, 0 and 1 in both directions
  assert.ok(seen.has("1 2 3 4"));
  assert.ok(seen.has("2 2 4 4")); // one to the left
  assert.ok(seen.has("1 1 1 1")); // one to the right and one down
});

Deno.test("augment() draws for each image of a batch by itself, and leaves the input alone", () => {
  const batch = new Float32Array([...image, ...image, ...image, ...image, ...image, ...image]);
  const before = batch.slice();
  const varied = augment(batch, 2, policies.flip, new Random(3));
  const keys = new Set(Array.from({ length: 6 }, (_, i) => firstChannel(varied.subarray(i * 12, (i + 1) * 12))));
  assert.equal(keys.size, 2);
  assert.deepEqual(batch, before);
});

Deno.test("augment() repeats itself with the same seed, and every policy varies something and stays in range", () => {
  for (const policy of Object.values(policies)) {
    const batch = new Float32Array([...smooth, ...noisy, ...smooth, ...noisy, ...smooth, ...noisy]);
    const once = augment(batch, SIZE, policy, new Random(7));
    assert.deepEqual(augment(batch, SIZE, policy, new Random(7)), once, policy.name);
    assert.notDeepEqual(augment(batch, SIZE, policy, new Random(8)), once, policy.name);
    assert.notDeepEqual(once, batch, policy.name);
    assert.ok(once.every((value) => value >= 0 && value <= 1 + 1e-6), policy.name);
    assert.deepEqual(JSON.parse(JSON.stringify(policy)), policy, policy.name);
  }
});

Deno.test("augment() takes bytes as it takes floats", () => {
  const bytes = Uint8Array.from(smooth, (value) => Math.round(value * 255));
  const floats = Float32Array.from(bytes, (value) => value / 255);
  for (const policy of Object.values(policies)) {
    const ofBytes = augment(bytes, SIZE, policy, new Random(2)),
      ofFloats = augment(floats, SIZE, policy, new Random(2));
    // Values that are counted in bytes may fall on either side of a border.
    const apart = ofBytes.filter((value, i) => Math.abs(value / 255 - ofFloats[i]) > 1e-4).length / bytes.length;
    assert.ok(apart < 0.02, `${policy.name}: ${apart}`);
  }
});

Deno.test("augment() turns to either side about the centre, by no more than it may", () => {
  const centre = (SIZE - 1) / 2, before = disc(smooth);
  const angle = ({ x, y }: { x: number; y: number }) => Math.atan2(y - centre, x - centre) * 180 / Math.PI;
  const turned = many(only({ kind: "rotate", degrees: 30 })).map((values) => angle(disc(values)) - angle(before));
  assert.ok(Math.max(...turned) > 26 && Math.min(...turned) < -26, `${Math.min(...turned)}, ${Math.max(...turned)}`);
  assert.ok(turned.every((degrees) => Math.abs(degrees) < 31.5));
});

Deno.test("augment() zooms in as often as out", () => {
  const before = disc(smooth).mass;
  const factors = many(only({ kind: "scale", by: 0.5 })).map((values) => Math.sqrt(disc(values).mass / before));
  assert.ok(Math.max(...factors) > 1.4 && Math.max(...factors) < 1.55, `${Math.max(...factors)}`);
  assert.ok(Math.min(...factors) < 0.7 && Math.min(...factors) > 0.64, `${Math.min(...factors)}`);
  const inwards = factors.filter((factor) => factor > 1).length;
  assert.ok(inwards > 75 && inwards < 125, `${inwards}`);
});

Deno.test("augment() crops a part of the area to full size, anywhere", () => {
  const before = disc(smooth).mass;
  const cropped = many(only({ kind: "crop", least: 0.5 })).map(disc).filter(({ x, y }) =>
    x > 6 && x < 25 && y > 6 && y < 25
  );
  const areas = cropped.map(({ mass }) => mass / before);
  assert.ok(Math.min(...areas) >= 0.9 && Math.max(...areas) > 1.7 && Math.max(...areas) < 2.2, `${Math.max(...areas)}`);
  assert.ok(spread(cropped.map(({ x }) => x)) > 1);
});

Deno.test("augment() slants along one axis and leaves the other", () => {
  const before = disc(smooth);
  const moved = many(only({ kind: "shear", degrees: 20 })).map(disc);
  for (const { x, y } of moved) assert.ok(Math.abs(x - before.x) < 0.15 || Math.abs(y - before.y) < 0.15, `${x}, ${y}`);
  assert.ok(moved.some(({ x }) => Math.abs(x - before.x) > 0.3));
  assert.ok(moved.some(({ y }) => Math.abs(y - before.y) > 0.6));
});

Deno.test("augment() copies what is only mirrored and moved by whole pixels, so that nothing is blurred", () => {
  const half: Operation = { kind: "flip", axis: "horizontal", chance: 1 };
  const same = augment(smooth, SIZE, only(half, half), new Random(1));
  assert.deepEqual(same, smooth);
  // Moved by whole pixels after a mirror image: still whole pixels, so nothing is interpolated.
  const copied = augment(noisy, SIZE, only(half, { kind: "translate", by: 0.2 }), new Random(4));
  const values = new Set(noisy);
  assert.ok(copied.every((value) => values.has(value)));
});

Deno.test("augment() applies operations in their order", () => {
  // Noise that is blurred is less than a blur with noise.
  const one: Operation = { kind: "noise", sigma: 0.2 }, other: Operation = { kind: "blur", sigma: 0.06 };
  const grey = new Float32Array(SIZE * SIZE * 3).fill(0.5);
  const blurred = mean(many(only(one, other), grey, 40).map(spread));
  const sharp = mean(many(only(other, one), grey, 40).map(spread));
  assert.ok(blurred < 0.7 * sharp, `${blurred} against ${sharp}`);
});

Deno.test("augment() changes brightness, contrast, saturation and hue, and each alone", () => {
  const lightness = (values: Float32Array) => mean(values);
  const bright = many(only({ kind: "brightness", by: 0.2 })).map((values) => lightness(values) / lightness(smooth));
  assert.ok(Math.max(...bright) > 1.18 && Math.max(...bright) < 1.201, `${Math.max(...bright)}`);
  assert.ok(Math.min(...bright) < 0.82 && Math.min(...bright) > 0.799, `${Math.min(...bright)}`);

  const contrast = many(only({ kind: "contrast", by: 0.2 }));
  for (const values of contrast) assert.ok(Math.abs(lightness(values) / lightness(smooth) - 1) < 0.02);
  const spreads = contrast.map((values) => spread(values) / spread(smooth));
  assert.ok(Math.max(...spreads) > 1.18 && Math.min(...spreads) < 0.82);

  const redness = many(only({ kind: "saturation", by: 0.5 })).map((values) => disc(values).mass / disc(smooth).mass);
  assert.ok(Math.max(...redness) > 1.45 && Math.min(...redness) < 0.55);

  // A third of the circle makes red green.
  const red = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => i % 3 === 0 ? 0.6 : 0.2);
  const hues = many(only({ kind: "hue", degrees: 120 }), red).map(([r, g, b]) => g - Math.max(r, b));
  assert.ok(hues.some((greener) => greener > 0.1), `${Math.max(...hues)}`);
  const grey = new Float32Array(SIZE * SIZE * 3).fill(0.4);
  for (const values of many(only({ kind: "hue", degrees: 180 }, { kind: "saturation", by: 1 }), grey, 20)) {
    assert.ok(values.every((value) => Math.abs(value - 0.4) < 0.002));
  }
});

Deno.test("augment() blurs without moving or darkening, and adds noise of the size it may have", () => {
  const blurred = many(only({ kind: "blur", sigma: 0.05 }), noisy, 50);
  for (const values of blurred) assert.ok(Math.abs(mean(values) - mean(noisy)) < 0.01);
  assert.ok(Math.min(...blurred.map(spread)) < 0.4 * spread(noisy));
  const grey = new Float32Array(SIZE * SIZE * 3).fill(0.5);
  const sizes = many(only({ kind: "noise", sigma: 0.1 }), grey, 100).map(spread);
  assert.ok(Math.max(...sizes) > 0.095 && Math.max(...sizes) < 0.103, `${Math.max(...sizes)}`);
  assert.ok(Math.min(...sizes) < 0.01);
});

Deno.test("augment() covers a square with the mean colour, and no more", () => {
  const middle = [0, 1, 2].map((channel) => mean(noisy.filter((_, i) => i % 3 === channel)));
  const shares = many(only({ kind: "cutout", side: 0.5 }), noisy).map((values) => {
    let covered = 0;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === noisy[i]) continue;
      assert.ok(Math.abs(values[i] - middle[i % 3]) < 1e-5);
      covered++;
    }
    return covered / values.length;
  });
  assert.ok(Math.max(...shares) > 0.24 && Math.max(...shares) <= 0.25, `${Math.max(...shares)}`);
  assert.ok(Math.min(...shares) < 0.13, "its centre may lie at the edge");
});

Deno.test("augment() with TrivialAugment does one thing at a time, of many kinds", () => {
  const kinds = many(policies.trivial, noisy, 300);
  const still = kinds.filter((values) => values.every((value, i) => Math.abs(value - noisy[i]) < 1 / 255)).length;
  assert.ok(still > 20 && still < 150, `${still} of 300 as they were`);
  assert.ok(new Set(kinds.map((values) => firstChannel(values))).size > 150);
});
