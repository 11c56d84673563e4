import { fileURLToPath } from "node:url";
import { escapeHtml, htmlPage } from "../display/mod.ts";
import { LONGEST_NAME } from "./answer_file.ts";

/** What the page's scripts start from. Nothing in it tells the truth. */
export interface PageData {
  readonly dataset: string;
  readonly classes: readonly string[];
  /** [K] How many pictures each class's button has. */
  readonly references: readonly number[];
  /** Number of images asked about. */
  readonly questions: number;
  /** The name to begin with; empty for none. */
  readonly rater: string;
  /** What else the source of images and answers needs. */
  readonly [more: string]: unknown;
}

export type PageKind = "served" | "offline";

/** A page and the policy that it must be shown under. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/**
 * The quiz as one HTML page: style, scripts and data are in it. Served and offline pages differ in the last script alone,
 * which says where images come from and answers go.
 */
export async function quizPage(kind: PageKind, data: PageData): Promise<Page> {
  const [style, ...scripts] = await Promise.all(
    ["style.css", "quiz.js", `${kind}.js`].map((name) =>
      Deno.readTextFile(fileURLToPath(new URL(`page/${name}`, import.meta.url)))
    ),
  );
  return htmlPage({
    title: `Labelling ${data.dataset}`,
    style,
    body: `${body(data, kind)}\n${jsonBlock("quiz-data", data)}`,
    scripts,
    served: kind === "served",
  });
}

function body({ dataset, questions, classes, rater }: PageData, kind: PageKind): string {
  const keep = kind === "served"
    ? "Each answer is kept at once: you may stop at any time and go on later."
    : "Nothing is sent anywhere: at the end, or whenever you like, you save a small file and send it back.";
  return `<noscript><p class="notice">This page needs JavaScript; it loads nothing.</p></noscript>
<p id="notice" class="notice" role="alert" hidden></p>
<main>
<section id="start" hidden>
<p class="eyebrow">Plateau: how good are people?</p>
<h1>What do you see?</h1>
<p>You will see ${questions} ${questions === 1 ? "image" : "images"} of <strong>${
    escapeHtml(dataset)
  }</strong>, one after the other. For each, choose one of ${classes.length} classes; the small pictures on the buttons
are examples. Go by what you see and take the time you need. Whether you were right is told at the end${
    kind === "offline" ? " by the person who asked you" : ""
  }.</p>
<p>${keep}</p>
<form id="who">
<label for="rater">Your name, to tell people apart</label>
<div class="line"><input id="rater" name="rater" type="text" maxlength="${LONGEST_NAME}" autocomplete="nickname" required
value="${escapeHtml(rater)}"><button id="begin" class="primary">Begin</button></div>
</form>
<div class="keys" data-keys></div>
</section>
<section id="ask" aria-label="Question" hidden>
<div class="status">
<p id="where" class="where"></p>
<progress id="progress" max="${questions}" value="0" aria-label="Images answered"></progress>
</div>
<div class="question">
<div class="picture"><div id="picture" class="frame"></div></div>
<div class="answers">
<h1 id="prompt">Which class is this?</h1>
<div id="filter-line" class="line" hidden><label for="filter">Find a class</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false"></div>
<div id="classes" class="classes" role="group" aria-labelledby="prompt"></div>
<p id="none" class="soft" hidden>No class has that in its name.</p>
<div class="line tools">
<button id="unsure" type="button"><kbd aria-hidden="true">?</kbd> Can't tell</button>
<button id="undo" type="button"><kbd aria-hidden="true">⌫</kbd> Undo</button>
${kind === "offline" ? '<button data-save type="button">Save answers</button>' : ""}
</div>
<details class="keys"><summary>Keys</summary><div data-keys></div></details>
</div>
</div>
</section>
<section id="end" hidden></section>
</main>
<p id="live" class="unseen" role="status" aria-live="polite"></p>`;
}

/** Data for the scripts. Nothing in it can end the element: `<` is written as an escape. */
function jsonBlock(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll("<", "\\u003c")}</script>`;
}
