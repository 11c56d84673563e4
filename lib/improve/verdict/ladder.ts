import { accuracyLadder, type Chart, type LadderRow } from "../../chart/mod.ts";
import {
  type Displayable,
  type Figure,
  FindingView,
  jupyterDisplay,
  type MimeBundle,
  terminalInspect,
} from "../../display/mod.ts";

/** What has figures; the results of all notebooks do. */
export interface Figured {
  figures(): readonly Figure[];
}

/** Every accuracy that is a rung, on one axis. */
export class CompleteLadder implements Displayable {
  /** The one measured on most images of each thing. */
  readonly rungs: readonly Figure[];

  constructor(rungs: readonly Figure[]) {
    this.rungs = rungs;
  }

  chart(): Chart | null {
    if (this.rungs.length === 0) return null;
    return accuracyLadder(
      this.rungs.map(({ rung, of, label, value, low, high, n }): LadderRow => ({
        label: of ?? label,
        kind: rung!,
        value,
        low,
        high,
        n,
      })),
      { id: "ladder" },
    );
  }

  [jupyterDisplay](): MimeBundle | Promise<MimeBundle> {
    return (this.chart() ?? new FindingView([]))[jupyterDisplay]();
  }

  [terminalInspect](): string {
    return this.chart()?.alt ?? "There are no accuracies yet.";
  }
}

/**
 * The accuracy ladder of everything given: chance, simple methods, networks, published results, people. Of several
 * accuracies of one thing it shows the one measured on most images.
 */
export function ladder(results: readonly (Figured | null)[]): CompleteLadder {
  const rungs = new Map<string, Figure>();
  for (const figure of results.flatMap((result) => result?.figures() ?? [])) {
    if (figure.rung === undefined) continue;
    const key = `${figure.rung}/${figure.of ?? figure.label}`;
    const before = rungs.get(key);
    if (before === undefined || (figure.n ?? 0) > (before.n ?? 0)) rungs.set(key, figure);
  }
  return new CompleteLadder([...rungs.values()]);
}
