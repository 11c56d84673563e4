import { basename } from "node:path";
import { finding } from "../../diagnose/mod.ts";
import {
  escapeHtml,
  escapeTerminal,
  type FindingRecord,
  FindingView,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import { downloaded, HubError, isReference } from "../../hub/mod.ts";
import { type Backbone, BackboneError, loadBackbone } from "../../model/mod.ts";

/** A pre-trained network that was asked for: ready, or why it is not. */
export class OpenedBackbone extends Shown {
  constructor(
    /** As it was asked for: a path, or "hf:OWNER/NAME"; empty for the bundled one. */
    readonly asked: string,
    /** Null where it cannot be used. */
    readonly backbone: Backbone | null,
    /** Why it cannot be used; null where it can. */
    readonly reason: string | null = null,
  ) {
    super();
  }

  /** That it cannot be used, or what of it was guessed without being sure; empty where all is well. */
  get findings(): FindingView {
    return new FindingView(this.#list());
  }

  override html(): string {
    if (this.backbone === null) return this.findings.html();
    return tableHtml(this.#table(this.backbone)) +
      this.#sentences(this.backbone).map((text) => `<p class="plateau-note">${escapeHtml(text)}</p>`).join("") +
      (this.#list().length === 0 ? "" : this.findings.html());
  }

  override text(): string {
    if (this.backbone === null) return this.findings.text();
    return [
      tableText(this.#table(this.backbone)),
      ...this.#sentences(this.backbone).map(escapeTerminal),
      ...(this.#list().length === 0 ? [] : [this.findings.text()]),
    ].join("\n");
  }

  override record(): ResultRecord {
    return {
      findings: this.#list(),
      tables: this.backbone === null ? [] : [this.#table(this.backbone)],
    };
  }

  #sentences({ description, card, verified }: Backbone): string[] {
    return [description, ...(card.licence === "" ? [] : [`Licence: ${card.licence}.`]), ...verified];
  }

  #list(): FindingRecord[] {
    if (this.backbone === null) return [notRun(this.asked, this.reason ?? "it was not loaded")];
    const unsure = this.backbone.guesses.filter(({ sureness }) => sureness === "unsure");
    if (unsure.length === 0) return [];
    return [finding({
      code: "backbone-guessed",
      severity: "warning",
      sentence: `How ${this.backbone.name} wants its pixels is a guess: ${
        unsure.map(({ value, because }) => `${value}, as ${because}`).join("; ")
      }.`,
      remedy: "Write a card.json beside it with channels, range, mean and std, as its source states them.",
    })];
  }

  /** The card, and where each entry comes from. */
  #table({ name, card, taps, poolings, dimensions, guesses }: Backbone): Table {
    const list = (values: readonly number[]) => values.map((value) => String(Number(value.toPrecision(4)))).join(", ");
    const origin = (entry: string) => {
      const guess = guesses.find(({ entry: entries }) => entries.split(", ").includes(entry));
      return guess === undefined ? "its card" : `guessed (${guess.sureness}): ${guess.because}`;
    };
    const rows: [string, string, string][] = [
      ["size", `${card.size} x ${card.size}`, origin("size")],
      ["layout", card.layout, origin("layout")],
      ["channels", card.channels, origin("channels")],
      ["range", list(card.range), origin("range")],
      ["mean", list(card.mean), origin("mean")],
      ["std", list(card.std), origin("std")],
      ...taps.map(({ node, channels }, i): [string, string, string] => {
        return [`tap ${i + 1}`, `${node} (${channels} channels)`, origin("taps")];
      }),
      ["features", `${dimensions} numbers an image, pooled by ${poolings.join(" and ")}`, ""],
    ];
    return {
      id: `backbone-${name}`,
      title: `${name}: how it looks at images`,
      columns: [
        { key: "entry", label: "Entry" },
        { key: "value", label: "Value" },
        { key: "origin", label: "From" },
      ],
      rows: rows.map(([entry, value, origin]) => ({ entry, value, origin })),
    };
  }
}

/** Says that what needs this backbone was not run, and why. */
function notRun(asked: string, reason: string): FindingRecord {
  return finding({
    code: "backbone-not-run",
    severity: "warning",
    sentence: `Not run with ${asked === "" ? "the bundled network" : `"${shortened(asked)}"`}: ${ended(reason)}`,
    remedy: "Give another file with --backbone, or mend what is said here; everything else in this report stands.",
  });
}

function shortened(asked: string): string {
  return asked.startsWith("hf:") ? asked : basename(asked);
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/**
 * Loads a pre-trained network for a notebook: one that cannot be used is no error but a result that says so, and its
 * `backbone` is null.
 *
 * @param asked A path as `model.loadBackbone` takes it, or "hf:OWNER/NAME" for one that was downloaded.
 * @throws EngineError when no engine is in use yet.
 */
export async function openBackbone(asked: string): Promise<OpenedBackbone> {
  try {
    return new OpenedBackbone(asked, await loadBackbone(isReference(asked) ? await downloaded(asked) : asked));
  } catch (error) {
    if (error instanceof BackboneError || error instanceof HubError) {
      return new OpenedBackbone(asked, null, error.message);
    }
    throw error;
  }
}
