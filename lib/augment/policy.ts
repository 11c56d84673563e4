import { AugmentError } from "./errors.ts";
import type { AugmentationPolicy, Operation } from "./types.ts";

/** Each field's rule: a check, and the same in words. */
type Rule = readonly [fine: (value: unknown) => boolean, words: string];

const above0 = (most: number): Rule => [
  (value) => typeof value === "number" && value > 0 && value <= most,
  `a number above 0 and at most ${most}`,
];
const oneOf = (...values: string[]): Rule => [
  (value) => values.includes(value as string),
  values.map((value) => `"${value}"`).join(" or "),
];

const FIELDS: Readonly<Record<Operation["kind"], Readonly<Record<string, Rule>>>> = {
  flip: { axis: oneOf("horizontal", "vertical") },
  rotate: { degrees: above0(180) },
  scale: { by: above0(1) },
  translate: { by: above0(0.5) },
  shear: { degrees: above0(45) },
  crop: { least: [(value) => typeof value === "number" && value > 0 && value < 1, "a number above 0 and below 1"] },
  brightness: { by: above0(1) },
  contrast: { by: above0(1) },
  saturation: { by: above0(1) },
  hue: { degrees: above0(180) },
  blur: { sigma: above0(0.1) },
  noise: { sigma: above0(0.5) },
  cutout: { side: above0(0.75) },
  trivial: { space: oneOf("standard", "wide") },
};

const CHANCE = above0(1);

/**
 * Makes sure that something is a policy: what a person wrote in a cell, or what comes from a file.
 *
 * @throws AugmentError naming the operation, the field, its rule and its value.
 */
export function checkedPolicy(value: unknown): AugmentationPolicy {
  const { name, operations, ...rest } = asRecord(value, "the policy");
  if (typeof name !== "string" || name === "") {
    throw new AugmentError(`Cannot augment: a policy needs a name, got ${JSON.stringify(name)}`);
  }
  const refuse = (rule: string): never => {
    throw new AugmentError(`Cannot augment with "${name}": ${rule}`);
  };
  for (const field of Object.keys(rest)) refuse(`a policy has a name and operations, it has "${field}" too`);
  if (!Array.isArray(operations) || operations.length === 0) {
    return refuse(`operations must be a list of at least one, got ${JSON.stringify(operations)}`);
  }
  operations.forEach((operation, i) => {
    const where = `operation ${i + 1}`;
    const { kind, chance, ...given } = asRecord(operation, where);
    if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind)) {
      refuse(`the kind of ${where} must be one of ${Object.keys(FIELDS).join(", ")}, got ${JSON.stringify(kind)}`);
    }
    const rules = FIELDS[kind as Operation["kind"]];
    if (chance !== undefined && !CHANCE[0](chance)) {
      refuse(`chance of ${kind} must be ${CHANCE[1]}, got ${JSON.stringify(chance)}`);
    }
    for (const [field, [fine, words]] of Object.entries(rules)) {
      if (!fine(given[field])) refuse(`${field} of ${kind} must be ${words}, got ${JSON.stringify(given[field])}`);
    }
    const unknown = Object.keys(given).find((field) => !Object.hasOwn(rules, field));
    if (unknown !== undefined) {
      refuse(`${kind} takes ${[...Object.keys(rules), "chance"].join(" and ")}, it has "${unknown}" too`);
    }
  });
  return value as AugmentationPolicy;
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AugmentError(`Cannot augment: ${what} must be an object, got ${JSON.stringify(value)}`);
}

/** Moving pixels comes first, so that nothing is resampled twice; what covers a part of the image comes last. */
const ORDER: readonly Operation["kind"][] = [
  "trivial",
  "flip",
  "crop",
  "scale",
  "rotate",
  "shear",
  "translate",
  "blur",
  "brightness",
  "contrast",
  "saturation",
  "hue",
  "noise",
  "cutout",
];

/**
 * One policy with the operations of several, each operation once, in an order that takes the fewest passes.
 *
 * @param policies At least one.
 * @throws AugmentError without any.
 */
export function combined(policies: readonly AugmentationPolicy[]): AugmentationPolicy {
  if (policies.length === 0) throw new AugmentError("Cannot combine policies: there must be at least one, got none");
  const different = new Map(policies.flatMap(({ operations }) => operations.map((one) => [JSON.stringify(one), one])));
  const operations = [...different.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return { name: policies.map(({ name }) => name).join(" + "), operations };
}
