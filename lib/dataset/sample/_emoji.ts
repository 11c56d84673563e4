import emoji from "emojibase-data/en/data.json" with { type: "json" };
import messages from "emojibase-data/en/messages.json" with { type: "json" };

/** The classes, and the subgroups of Unicode's emoji list that each is made of. */
const subgroups: Readonly<Record<string, readonly string[]>> = {
  "air and water craft": ["transport-air", "transport-water"],
  "bird": ["animal-bird"],
  "bug": ["animal-bug"],
  "building": ["place-building", "place-religious"],
  "clothing": ["clothing"],
  "drink": ["drink"],
  "fruit": ["food-fruit"],
  "land vehicle": ["transport-ground"],
  "mammal": ["animal-mammal"],
  "meal": ["food-prepared", "food-asian"],
  "sea creature": ["animal-marine", "animal-reptile", "animal-amphibian"],
  "sport": ["sport"],
  "sweet": ["food-sweet"],
  "tool": ["tool"],
  "vegetable": ["food-vegetable"],
  "weather": ["sky-weather"],
};

/** Names of the emoji of each class, as icon sets spell them ("baby-chick"), in the order of Unicode's list. */
export function emojiByClass(): Map<string, string[]> {
  const keys = new Map(messages.subgroups.map(({ order, key }) => [order, key as string]));
  const classes = new Map<string, string[]>();
  for (const [name, wanted] of Object.entries(subgroups)) {
    const members = emoji.filter(({ subgroup }) => wanted.includes(keys.get(subgroup ?? -1) ?? ""));
    classes.set(name, [...new Set(members.map(({ label }) => slug(label)))]);
  }
  return classes;
}

function slug(label: string): string {
  return label.toLowerCase().replace(/[’']/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
