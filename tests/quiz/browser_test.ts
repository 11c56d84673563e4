import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { inTempFolder } from "../_fixtures.ts";
import { findChromium } from "../_programs.ts";

const executablePath = findChromium();
if (executablePath === null) console.log("Skipping the quiz in a browser: there is no chromium on the PATH");

Deno.test("The quiz in a browser", { ignore: executablePath === null }, (t) =>
  inTempFolder(async (folder) => {
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
