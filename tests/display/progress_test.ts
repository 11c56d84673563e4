import assert from "node:assert/strict";
import { progress, PROGRESS_MIME, type ProgressRecord, type ProgressSurface } from "../../lib/display/mod.ts";
import { LogSurface, NotebookSurface, progressLine } from "../../lib/display/_progress_surface.ts";

/** A clock that is set by hand, in milliseconds. */
function clock(): { now: () => number; at: number } {
  const time = { at: 0, now: () => time.at };
  return time;
}

function recorder(interval = 250): ProgressSurface & { painted: ProgressRecord[]; cleared: ProgressRecord[] } {
  const painted: ProgressRecord[] = [], cleared: ProgressRecord[] = [];
  return {
    interval,
    painted,
    cleared,
    paint: (record) => void painted.push(record),
    clear: (record) => {
      cleared.push(record);
      return Promise.resolve();
    },
  };
}

Deno.test("progress() paints at most once in an interval", () => {
  const time = clock();
  const surface = recorder(250);
  const bar = progress({ label: "Train", total: 1000 }, { surface, now: time.now });
  for (let step = 1; step <= 1000; step++) {
    time.at += 1;
    bar.update(step);
  }
  assert.deepEqual(surface.painted.map(({ done }) => done), [0, 250, 500, 750, 1000]);
});

Deno.test("progress() tells the time left by the recent speed, not by that of the beginning", () => {
  const time = clock();
  const surface = recorder();
  const bar = progress({ label: "Train", total: 200 }, { surface, now: time.now });
  assert.equal(surface.painted[0].etaSeconds, null);
  for (let step = 1; step <= 10; step++) {
    time.at += 10_000;
    bar.update(step);
  }
  assert.equal(surface.painted.at(-1)?.etaSeconds, 1900);
  for (let step = 11; step <= 100; step++) {
    time.at += 1000;
    bar.update(step);
  }
  const eta = surface.painted.at(-1)!.etaSeconds!;
  assert.ok(eta >= 95 && eta <= 120, `${eta}`);
});

Deno.test("progress() is silent once it is finished, and finishes once", async () => {
  const surface = recorder();
  const time = clock();
  const bar = progress({ label: "Train", total: 2 }, { surface, now: time.now });
  await bar.finish("Trained.");
  time.at += 1000;
  bar.update(2);
  await bar.finish();
  assert.equal(surface.painted.length, 1);
  assert.deepEqual(surface.cleared.map(({ text, finished }) => [text, finished]), [["Trained.", true]]);
});

Deno.test("progress in a notebook rewrites one display and leaves it empty", async () => {
  const sent: [string, Record<string, unknown>][] = [];
  const surface = new NotebookSurface({
    // The first message takes longest: order must hold all the same.
    broadcast: async (type, content) => {
      await new Promise((resolve) => setTimeout(resolve, sent.length === 0 ? 5 : 0));
      sent.push([type, content]);
    },
  });
  const time = clock();
  const bar = progress({ label: "<b>Train</b>", total: 10 }, { surface, now: time.now });
  time.at += 1000;
  bar.update(4, "loss 2.1");
  await bar.finish();

  assert.deepEqual(sent.map(([type]) => type), ["display_data", "update_display_data", "update_display_data"]);
  const ids = sent.map(([, content]) => (content.transient as { display_id: string }).display_id);
  assert.equal(new Set(ids).size, 1);
  const data = sent.map(([, content]) => content.data as Record<string, unknown>);
  assert.deepEqual(data[1][PROGRESS_MIME], {
    label: "<b>Train</b>",
    done: 4,
    total: 10,
    etaSeconds: 1.5,
    text: "loss 2.1",
  });
  assert.match(data[1]["text/html"] as string, /<progress max="10" value="4"/);
  assert.doesNotMatch(data[1]["text/html"] as string, /<b>/);
  assert.equal(data[2]["text/html"], "");
  assert.equal(data[2]["text/plain"], "");
});

Deno.test("progress in a notebook outlives a front end that is gone", async () => {
  const surface = new NotebookSurface({ broadcast: () => Promise.reject(new Error("gone")) });
  const bar = progress({ label: "Train", total: 2 }, { surface });
  bar.update(1);
  await bar.finish();
});

Deno.test("progress in a log has a line every ten seconds, and none for short jobs", async () => {
  const lines: string[] = [];
  const time = clock();
  const bar = progress({ label: "Train", total: 100 }, {
    surface: new LogSurface((line) => lines.push(line)),
    now: time.now,
  });
  for (let step = 1; step <= 25; step++) {
    time.at += 1000;
    bar.update(step);
  }
  await bar.finish();
  assert.deepEqual(lines.map((line) => line.replaceAll("\u00a0", " ")), [
    "Train: 10 of 100, 10 %, 1 min 30 s left\n",
    "Train: 20 of 100, 20 %, 1 min 20 s left\n",
  ]);
});

Deno.test("progressLine() lets no control sequence of a label through", () => {
  const record = { label: "a\x1b[2J", done: 1, total: 2, etaSeconds: null, text: "b\nc" };
  assert.equal(progressLine(record), "a\ufffd[2J: 1 of 2, 50\ufffd%, b c".replace("50\ufffd", "50\u00a0"));
});
