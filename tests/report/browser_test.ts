import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ladder } from "../../lib/cli/_ladder.ts";
import { ReportFolder } from "../../lib/report/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { findChromium } from "../_programs.ts";
import { AT, code, everyKind, executed, markdown, SETTINGS } from "./_executed.ts";

const executablePath = findChromium();
if (executablePath === null) console.log("Skipping the browser test: there is no chromium on the PATH");

Deno.test("Pages in a browser", { ignore: executablePath === null }, (t) =>
  inTempFolder(async (folder) => {
    await writeReport(folder);
    const checks = fileURLToPath(new URL("./_browser_checks.ts", import.meta.url));
    const { success, stdout, stderr } = await new Deno.Command("deno", {
      args: ["run", "-A", "--no-check", "--quiet", checks, folder, executablePath!],
    }).output();
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line.startsWith("{"));
    assert.ok(lines.length > 0, new TextDecoder().decode(stderr));
    for (const line of lines) {
      const { name, error } = JSON.parse(line);
      await t.step(name, () => assert.equal(error, null));
    }
    assert.ok(success, new TextDecoder().decode(stderr));
  }));

async function writeReport(folder: string): Promise<void> {
  const report = await ReportFolder.open(folder);
  await report.addNotebook(await everyKind(), SETTINGS, { at: AT });
  const message = "The Deno kernel is gone: it was ended by SIGKILL";
  await report.addNotebook(
    executed("02_baselines", [markdown("# Baselines"), code("await forever")], {
      status: "failed",
      failure: { cell: 1, name: "KernelError", message, traceback: [] },
    }),
    SETTINGS,
    { at: AT },
  );
  const notebooks = [
    await report.entry("02_baselines", "", SETTINGS.fingerprint),
    await report.entry("03_training", "", SETTINGS.fingerprint),
  ];
  const results = notebooks.flatMap(({ result }) => result === null ? [] : [result]);
  const available = notebooks.map(({ name }) => name);
  const drawn = await ladder(results, { available, ownModel: false });
  await report.writeIndex({ settings: SETTINGS, at: AT, notebooks, ladder: drawn });
  const plain = await ReportFolder.open(join(folder, "plain"));
  await plain.addNotebook(await everyKind(), SETTINGS, { at: AT, omitImages: true });
}
