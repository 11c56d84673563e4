import { type Case, operations } from "./cases.ts";
import type { Preparation } from "./peer.ts";
import { quartiles } from "./quartiles.ts";

/** What one peer took for one case. */
export interface Measured {
  readonly name: string;
  readonly preparation: Preparation;
  /** Milliseconds per step, round by round. Slow peers have the first rounds only. */
  readonly times: readonly number[];
  /** Share of each round outside of ONNX Runtime; empty but for the `onnx` engine. */
  readonly outside: readonly number[];
}

const median = (values: readonly number[]) => quartiles(values)[1];
const percent = (share: number, decimals = 0) => `${(100 * share).toFixed(decimals)} %`;
const spread = (values: readonly number[], decimals: number) => {
  const [first, middle, third] = quartiles(values).map((value) => value.toFixed(decimals));
  return `${middle} [${first}, ${third}]`;
};

/** Ratios within a round: what disturbs one disturbs its neighbour. */
function ratios(own: Measured, other: Measured): number[] {
  return other.times.map((ms, round) => own.times[round] / ms);
}

/** One peer's line under its case. */
export function line(each: Measured, all: readonly Measured[], flops: number, peak: number): string {
  const { name, times, outside, preparation: { compiled, compileMs } } = each;
  const speed = flops / median(times) / 1e6;
  const own = all.find((other) => other.name === "onnx");
  return [
    `  ${name.padEnd(24)} ${spread(times, 1).padStart(24)}`,
    `${speed.toFixed(0).padStart(5)} GFLOP/s  ${percent(speed / peak).padStart(5)} of peak`,
    ...(own && own !== each ? [`onnx takes ${spread(ratios(own, each), 2)}x`] : []),
    ...(outside.length > 0 ? [`${percent(median(outside), 1)} outside of ONNX Runtime`] : []),
    ...(compiled ? [`${compiled} graphs compiled in ${(compileMs! / 1000).toFixed(2)} s`] : []),
  ].join("  ");
}

/**
 * All cases as a Markdown table of the `onnx` engine: its speed, what it takes of PyTorch's better memory format and of
 * Keras, and the same for the standard layout. Ratios are medians over rounds, with quartiles.
 */
export function summary(results: readonly { case_: Case; measured: readonly Measured[] }[], peak: number): string {
  const heads = [
    "case",
    "ms",
    "GFLOP/s",
    "of peak",
    "x PyTorch",
    "x Keras",
    "standard x PyTorch",
    "outside ONNX Runtime",
    "compile s",
  ];
  const rows = results.map(({ case_, measured }) => {
    const named = (start: string) => measured.filter(({ name }) => name.startsWith(start));
    const own = measured.find(({ name }) => name === "onnx");
    const [standard] = named("onnx standard"), [keras] = named("Keras");
    const [torch] = named("PyTorch").sort((a, b) => median(a.times) - median(b.times));
    const against = (mine?: Measured, other?: Measured) => mine && other ? spread(ratios(mine, other), 2) : "";
    const speed = own && operations(case_) / median(own.times) / 1e6;
    return [
      case_.name,
      own ? spread(own.times, 1) : "",
      speed?.toFixed(0) ?? "",
      speed ? percent(speed / peak) : "",
      against(own, torch),
      against(own, keras),
      against(standard, torch),
      own ? percent(median(own.outside), 1) : "",
      own ? (own.preparation.compileMs! / 1000).toFixed(2) : "",
    ];
  });
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
