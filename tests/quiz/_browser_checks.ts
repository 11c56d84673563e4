/// <reference lib="dom" />
/**
 * What must hold of the quiz in a browser: `deno run -A _browser_checks.ts FOLDER CHROMIUM`. Prints a line of JSON for each
 * check. A program of its own, because Playwright does not run without all permissions.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { open } from "../../lib/dataset/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { drawQuestions, importAnswers, offlineQuiz, parseAnswers, QuizSession } from "../../lib/quiz/mod.ts";
import { imageFolder } from "../_fixtures.ts";
import { folder as smallSet } from "./_asked.ts";

const [folder, executablePath] = Deno.args;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const PHONE = { viewport: { width: 390, height: 844 } } as const;
const RATER = "Ada <b>L.";

const { path: data, dataset } = await smallSet(folder);
const questions = drawQuestions(dataset, { images: 40 });
const truth = (position: number) => dataset.records[questions.images[position]].label;
/** 30 right, 8 wrong, 2 "can't tell". */
const keyFor = (position: number) =>
  position % 20 === 19 ? "0" : String(1 + (position % 5 === 0 ? 1 - truth(position) : truth(position)));

/** Starts `deno task label`, and waits for its address. */
async function startServer(...args: string[]) {
  const process = new Deno.Command("deno", {
    args: ["run", "-P=label", "--no-check", "--quiet", "lib/cli/label.ts", "--data", data, "--images", "40", ...args],
    cwd: projectRoot(),
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let said = "";
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!/Ctrl-C/.test(said)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The command ended: ${said}`);
    said += value;
  }
  reader.releaseLock();
  return {
    address: /http:\S+/.exec(said)![0],
    async end(signal: Deno.Signal) {
      process.kill(signal);
      await process.stdout.cancel().catch(() => {});
      return await process.status;
    },
  };
}

/** Opens a page and collects what it should not do: foreign requests, messages, errors, dialogs. */
async function withPage(options: BrowserContextOptions, use: (page: Page, seen: string[]) => Promise<void>) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const seen: string[] = [];
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|file:|data:|blob:)/.test(request.url())) seen.push(`request ${request.url()}`);
  });
  page.on("console", (message) => seen.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`error ${error}`));
  page.on("dialog", (dialog) => seen.push(`dialog ${dialog.message()}`));
  try {
    await use(page, seen);
  } finally {
    await context.close();
  }
}

const asking = (page: Page) => page.evaluate(() => document.documentElement.dataset.asking);
/** Waits for the image at this position to be asked about. */
const asks = (page: Page, position: number | "none" | "ended") =>
  page.waitForFunction((wanted) => document.documentElement.dataset.asking === wanted, String(position));

async function answerByKey(page: Page, from: number, to: number) {
  for (let position = from; position < to; position++) {
    await asks(page, position);
    await page.keyboard.press(keyFor(position));
  }
}

/** No scrolling sideways, and nothing to press that is smaller than a thumb. */
async function fits(page: Page, width: number) {
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    small: [...document.querySelectorAll<HTMLElement>("button, input, summary")].filter((one) =>
      one.offsetParent !== null
    )
      .map((one) => ({ name: one.textContent || one.id, height: one.getBoundingClientRect().height }))
      .filter(({ height }) => height < 44),
  }));
  assert.deepEqual(found, { wide: width, small: [] });
}

const CHECKS: Record<string, () => Promise<void>> = {
  async "the whole quiz by keyboard alone, at 390 px, across a killed server"() {
    await withPage(PHONE, async (page, seen) => {
      const bodies: string[] = [];
      page.on("response", async (response) => {
        if (response.request().resourceType() === "image") return;
        bodies.push(await response.text().catch(() => ""));
      });
      const first = await startServer("--rater", RATER);
      await page.goto(first.address);
      assert.ok(!page.url().includes("token"), "the token stays in the address bar");
      await fits(page, 390);
      await page.keyboard.press("Enter");
      await asks(page, 0);
      await fits(page, 390);
      assert.equal(await page.locator("#where").innerText(), "Image 1 of 40");
      assert.equal(await page.locator("#undo").isDisabled(), true);
      await answerByKey(page, 0, 10);
      // Two steps back; then by arrows and Enter.
      await asks(page, 10);
      await page.keyboard.press("Backspace");
      await asks(page, 9);
      await page.keyboard.press("Backspace");
      await asks(page, 8);
      await page.keyboard.press("ArrowRight");
      if (keyFor(8) === "2") await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await answerByKey(page, 9, 18);

      await asks(page, 18);
      await first.end("SIGKILL");
      await page.keyboard.press("1");
      await page.locator("#notice").filter({ hasText: "The command has ended" }).waitFor();
      assert.equal(await asking(page), "18");
      seen.splice(0); // the refused connection

      const second = await startServer("--rater", "  ada <B>l. ");
      await page.goto(second.address);
      await page.keyboard.press("Enter");
      await asks(page, 18);
      assert.equal(await page.locator("#where").innerText(), "Image 19 of 40");
      await page.reload();
      await answerByKey(page, 18, 40);
      await asks(page, "none");
      assert.ok(bodies.length > 40);
      for (const body of bodies) {
        assert.ok(!dataset.records.some(({ path }) => body.includes(path)), "a path was sent");
        if (body.startsWith("{")) assert.doesNotMatch(body, /label|missed|accuracy/);
      }
      await page.keyboard.press("Enter");
      await asks(page, "ended");
      assert.match(await page.locator("#end h1").innerText(), /^You got 75\s%|^You got 75\.\d\s%/);
      assert.equal(await page.locator(".missed li").count(), 10);
      await fits(page, 390);
      assert.deepEqual(seen, []);
      assert.equal((await second.end("SIGINT")).code, 0);
    });
    const session = await QuizSession.open(dataset, questions, RATER);
    assert.equal(session.rater, RATER);
    assert.deepEqual(
      session.answered().toSorted((a, b) => a.position - b.position).map((answer) => answer.class),
      questions.images.map((_, position) => keyFor(position) === "0" ? null : Number(keyFor(position)) - 1),
    );
  },

  async "a second browser gets nothing from a used address"() {
    const server = await startServer();
    await withPage({}, async (page) => {
      await page.goto(server.address);
      await page.locator("#rater").waitFor();
    });
    await withPage({}, async (page) => {
      for (const address of [server.address, new URL("/", server.address).href]) {
        assert.equal((await page.goto(address))?.status(), 403);
        assert.match(await page.locator("body").innerText(), /^Refused/);
      }
    });
    await server.end("SIGINT");
  },

  async "the offline file works from file://, by touch, keeps answers, and saves what can be merged"() {
    const file = join(folder, "quiz.html");
    await Deno.writeTextFile(file, await offlineQuiz(dataset, drawQuestions(dataset, { images: 6 })));
    await withPage({ ...PHONE, hasTouch: true, isMobile: true, acceptDownloads: true }, async (page, seen) => {
      await page.goto(pathToFileURL(file).href);
      await page.locator("#rater").fill("  Grace   Hopper");
      await page.locator("#begin").tap();
      for (let position = 0; position < 4; position++) {
        await asks(page, position);
        if (position === 0) await fits(page, 390);
        await (position === 2 ? page.locator("#unsure") : page.locator(".class").nth(position % 2)).tap();
      }
      await asks(page, 4);
      await page.locator("#undo").tap();
      await asks(page, 3);
      await page.reload();
      await page.locator("#rater").fill("grace hopper");
      await page.locator("#begin").tap();
      await asks(page, 3);
      for (let position = 3; position < 6; position++) {
        await asks(page, position);
        await page.locator(".class").first().tap();
      }
      await asks(page, "none");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save answers" }).last().tap(),
      ]);
      assert.equal(download.suggestedFilename(), "answers-shoes-grace-hopper.json");
      const answers = parseAnswers(await Deno.readTextFile((await download.path())!), "answers.json");
      assert.deepEqual(answers.answers.map((answer) => answer.class && dataset.classes.indexOf(answer.class)), [
        0,
        1,
        null,
        0,
        0,
        0,
      ]);
      assert.ok(answers.answers.every(({ milliseconds }) => milliseconds > 0));
      const merged = await importAnswers(dataset, answers, "answers.json");
      assert.deepEqual([merged.rater, merged.used, merged.others], ["grace hopper", 6, 0]);
      assert.deepEqual(seen, []);
    });
  },

  async "with 40 classes, typing finds one; arrows and Enter choose; nothing overflows in the dark"() {
    const names = Array.from({ length: 40 }, (_, i) => [`kind ${i} of a thing with a rather long name`, 4]);
    const many = await open(await imageFolder(join(folder, "many"), Object.fromEntries(names)), { size: 16 });
    const file = join(folder, "many.html");
    await Deno.writeTextFile(file, await offlineQuiz(many, drawQuestions(many, { images: 3 }), { rater: "Ada" }));
    await withPage({ ...PHONE, colorScheme: "dark", acceptDownloads: true }, async (page, seen) => {
      await page.goto(pathToFileURL(file).href);
      await page.keyboard.press("Enter");
      await asks(page, 0);
      await fits(page, 390);
      const visible = page.locator(".class:visible");
      assert.equal(await visible.count(), 40);
      await page.keyboard.type("KIND 17");
      assert.equal(await visible.count(), 1);
      await page.keyboard.press("Enter");
      await asks(page, 1);
      assert.equal(await visible.count(), 40);
      await page.keyboard.type("nothing");
      assert.equal(await page.locator("#none").isVisible(), true);
      await page.keyboard.press("Escape");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await asks(page, 2);
      await page.keyboard.press("?");
      await asks(page, "none");
      const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
      const { answers } = parseAnswers(await Deno.readTextFile((await download.path())!), "answers.json");
      assert.deepEqual(answers.map((answer) => answer.class), [
        many.classes.find((name) => name.includes(" 17 ")),
        many.classes[2],
        null,
      ]);
      assert.deepEqual(seen, []);
    });
  },

  async "screen readers: one heading, landmarks, names for all that can be pressed, news is told"() {
    const server = await startServer("--rater", "Eve");
    await withPage({ viewport: { width: 1280, height: 800 } }, async (page, seen) => {
      await page.goto(server.address);
      assert.equal(await page.locator("main").count(), 1);
      await page.getByLabel("Your name, to tell people apart").waitFor();
      await page.getByRole("button", { name: "Begin" }).click();
      await asks(page, 0);
      assert.equal(await page.locator("h1:visible").count(), 1);
      await page.getByRole("img", { name: "Image 1 of 40: which class is this?" }).waitFor();
      const group = page.getByRole("group", { name: "Which class is this?" });
      assert.deepEqual(
        await group.getByRole("button").allInnerTexts(),
        dataset.classes.map((name, i) => `${i + 1}\n${name}`),
      );
      // The key is a hint for eyes; the name is the class.
      await group.getByRole("button", { name: dataset.classes[0], exact: true }).waitFor();
      assert.equal(await page.getByRole("status").innerText(), "Image 1 of 40");
      await page.getByRole("button", { name: "Can't tell" }).click();
      await asks(page, 1);
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByRole("status").filter({ hasText: "Back to image 1. You had said: can't tell" }).waitFor();
      assert.deepEqual(seen, []);
    });
    await server.end("SIGINT");
  },
};

for (const [name, check] of Object.entries(CHECKS)) {
  const error = await check().then(() => null, (thrown: Error) => thrown.message);
  console.log(JSON.stringify({ name, error }));
}
await browser.close();
Deno.exit(0);
