/** One operation of a network: which others it reads. */
export interface Step {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Whether it is a convolution that looks at neighbours: what makes a block a block. */
  readonly spatial: boolean;
}

/** A place where a network can be cut in two with one tensor between. */
export interface Cut {
  /** The step whose output is handed over. */
  readonly at: string;
  /** The first step behind it. */
  readonly from: string;
  /** All steps behind it that the taps need, in order. */
  readonly behind: readonly string[];
}

/**
 * The places to cut at, the last first: each takes one more convolution that looks at neighbours than the one before. A
 * place counts only where all that lies behind it is reached through it, so a block with a shortcut is never cut within.
 *
 * @param steps In an order in which inputs come first; the first is the network's input.
 * @param taps Names of the steps that are wanted; those that do not lie behind the cut stay as they are.
 */
export function cutsOf(steps: readonly Step[], taps: readonly string[]): Cut[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const needed = new Set<string>();
  const need = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    byName.get(name)?.inputs.forEach(need);
  };
  taps.forEach(need);
  const list = steps.filter(({ name }) => needed.has(name));

  const cuts: Cut[] = [];
  let spatial = 0;
  for (const { name: at } of list.slice(0, -1).reverse()) {
    const after = new Set<string>([at]);
    for (const { name, inputs } of list) if (inputs.some((input) => after.has(input))) after.add(name);
    // Only what leads to a tap that lies behind matters; all of `list` leads to some tap.
    const behind = list.filter(({ name }) => name !== at && after.has(name));
    const closed = behind.every(({ inputs }) => inputs.every((input) => after.has(input)));
    const inside = behind.filter((step) => step.spatial).length;
    if (!closed || inside <= spatial) continue;
    cuts.push({ at, from: behind[0].name, behind: behind.map(({ name }) => name) });
    spatial = inside;
  }
  return cuts;
}
