import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../lib/files/mod.ts";
import { inTempFolder, picture, write } from "../_fixtures.ts";
import { findChromium } from "../_programs.ts";

const CLASSES = ["<script>alert(1)</script>", `"quoted" & 'more'`, "plain 😀"];

/** Three classes whose names come from a table, since a folder cannot be named like the first; and four bad files. */
async function hostileData(folder: string): Promise<void> {
  const rows: string[] = [];
  for (const [k, label] of CLASSES.entries()) {
    for (let i = 0; i < 16; i++) {
      const name = i === 0 ? `it's "quoted" 😀 <b>${k}.png` : `${k}-${i}.png`;
      await write(join(folder, name), await picture({ seed: `${k}/${i}`, width: 80, height: 80 }));
      rows.push([name, label].map((text) => `"${text.replaceAll('"', '""')}"`).join(","));
    }
  }
  await write(join(folder, "text.jpg"), "no image");
  await write(join(folder, "zero.png"), "");
  await write(join(folder, "cut.png"), (await picture({ width: 200, height: 200 })).subarray(0, 100));
  await write(join(folder, "photo.heic"), "\0\0\0\x18ftypheic\0\0\0\0");
  for (const bad of ["text.jpg", "zero.png", "cut.png", "photo.heic"]) rows.push(`${bad},plain 😀`);
  await write(join(folder, "metadata.csv"), `file_name,label\n${rows.join("\n")}\n`);
}

/** A network namespace of its own, with loopback alone, where the system lets us make one. */
function offline(command: string[]): string[] {
  try {
    const works = new Deno.Command("unshare", { args: ["-rn", "ip", "link", "set", "lo", "up"], stderr: "null" })
      .outputSync();
    if (works.success) return ["unshare", "-rn", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", ...command];
  } catch {
    // no such program here
  }
  console.log("Running with the network there: no network namespace can be made here");
  return command;
}

Deno.test("deno task report, on data with hostile names and bad files, without any network", () =>
  inTempFolder(async (folder) => {
    const [data, out] = [join(folder, "my data"), join(folder, "out")];
    await hostileData(data);
    const command = offline(["deno", "task", "report", "--data", data, "--out", out, "--quick"]);
    const { code, stdout, stderr } = await new Deno.Command(command[0], {
      args: command.slice(1),
      cwd: projectRoot(),
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    for (const bad of ["text.jpg", "zero.png", "cut.png", "photo.heic"]) {
      assert.ok(said.includes(bad), `${bad} in\n${said}`);
    }

    const names = (await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name).sort();
    assert.deepEqual(names, [
      "01_dataset.html",
      "02_baselines.html",
      "03_training.html",
      "04_human.html",
      "05_literature.html",
      "06_cross_validation.html",
      "07_tuning.html",
      "08_more_data.html",
      "09_pretrained.html",
      "10_verdict.html",
      "data",
      "index.html",
      "report.json",
    ]);
    for (const name of names.filter((name) => name !== "data")) {
      const text = await Deno.readTextFile(join(out, name));
      assert.ok(!text.includes(folder), `${name} names a folder of this machine`);
      assert.ok(!text.includes(projectRoot()), `${name} names a folder of this machine`);
      if (name.endsWith(".html")) assert.ok(!text.includes("<script>alert(1)"), `${name} has a class name as markup`);
    }
    const report = JSON.parse(await Deno.readTextFile(join(out, "report.json")));
    assert.ok(JSON.stringify(report).includes("no fallback kernels"));

    const chromium = findChromium();
    if (chromium === null) return console.log("Skipping the tour in a browser: there is no chromium on the PATH");
    const tour = await new Deno.Command("deno", {
      args: [
        "run",
        "-A",
        "--no-check",
        "--quiet",
        fileURLToPath(new URL("./_browser_tour.ts", import.meta.url)),
        out,
        chromium,
      ],
    }).output();
    assert.ok(tour.success, new TextDecoder().decode(tour.stderr));
    const { trouble, charts } = JSON.parse(new TextDecoder().decode(tour.stdout).trim().split("\n").at(-1)!);
    assert.deepEqual(trouble, []);
    assert.ok(charts >= 10, `${charts} charts`);
  }));
