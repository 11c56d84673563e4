import { formatNumber, formatShare } from "../../display/mod.ts";
import { percent } from "../_words.ts";
import type { Citation, LiteratureRow, MethodKind } from "./types.ts";

/** Kinds of methods as tables and legends name them. */
export const KIND_LABELS: Readonly<Record<MethodKind, string>> = {
  "from-scratch": "From scratch",
  "linear-probe": "Frozen features",
  "fine-tuned": "Fine-tuned",
  classic: "No deep network",
  human: "People",
  best: "Highest found",
};

/** "Barz and Denzler 2020", "Brigato et al. 2022". */
export function shortCitation({ authors, year }: Pick<Citation, "authors" | "year">): string {
  // What stands in brackets or after a stroke is about the source, not its authors.
  const names = authors.split(/\s*;|\s+[(/]/)[0].replace(/\s+\d{4}$/, "").trim() || authors;
  const list = names.split(/,\s*/);
  const short = /\bet al\.?/.test(names)
    ? `${list[0].replace(/\s+et al\.?.*/, "")} et al.`
    : list.length > 2
    ? `${list[0]} et al.`
    : list.join(" and ");
  return year === null || short.includes(String(year)) ? short : `${short} ${year}`;
}

/** "CIFAR-10, 10 classes, 50 images per class". */
export function settingText(row: Pick<LiteratureRow, "dataset" | "classes" | "imagesPerClassTrain">): string {
  return `${row.dataset}, ${row.classes} classes, ${perClass(row.imagesPerClassTrain)} images per class`;
}

/** Training images per class, as a table shows them. */
export function perClass(images: number | null): string {
  return images === null ? "unknown" : formatNumber(images >= 10 ? Math.round(images) : images);
}

/** "10 to 102", "10". */
export function spanText([low, high]: readonly [number, number], format = (value: number) => perClass(value)): string {
  const [from, to] = [format(low), format(high)];
  return from === to ? from : `${from} to ${to}`;
}

/** "43 % to 92 %", in whole per cent; "99.7 %" where whole ones would make it perfect. */
export function shareSpan(span: readonly [number, number]): string {
  return spanText(span, (share) => share > 0.995 && share < 1 ? formatShare(share) : percent(share));
}
