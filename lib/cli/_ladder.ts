import { ladderNotes, ladderRungs, type LadderSource, type NotebookResult } from "../report/mod.ts";

/**
 * The accuracy ladder of all that the notebooks measured, drawn, with what is missing; nothing before anything is
 * measured.
 *
 * @param facts Names of the notebooks there are, and whether the person gave a model of their own.
 */
export async function ladder(
  results: readonly NotebookResult[],
  facts: { readonly available: readonly string[]; readonly ownModel: boolean },
): Promise<LadderSource | undefined> {
  const rungs = ladderRungs(results);
  if (rungs.length === 0) return undefined;
  const notes = [
    ...ladderNotes(results, facts.available),
    ...(facts.ownModel ? [] : ["Your own model: `deno task report --model FILE.ts` lints, trains and measures it."]),
  ];
  const { accuracyLadder } = await import("../chart/mod.ts"); // late: drawing takes a second to load
  const chart = accuracyLadder(rungs.map(({ rung, of, item: { value, low, high, n } }) => ({
    label: of,
    kind: rung,
    value,
    low,
    high,
    n,
  })));
  return { chart: { spec: chart.spec, svg: await chart.svg(), text: chart.alt }, notes };
}
