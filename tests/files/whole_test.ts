import assert from "node:assert/strict";
import { join } from "node:path";
import { FileError, sweep, temporaryName, writeWhole } from "../../lib/files/mod.ts";

async function inFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();

Deno.test("writeWhole() makes folders and leaves nothing but the file", () =>
  inFolder(async (folder) => {
    await writeWhole(join(folder, "a/b.txt"), "text");
    assert.equal(await Deno.readTextFile(join(folder, "a/b.txt")), "text");
    assert.deepEqual(await names(join(folder, "a")), ["b.txt"]);
  }));

Deno.test("writeWhole() below a regular file names the path and the reason", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await assert.rejects(
      writeWhole(join(folder, "file/below.txt"), "text"),
      (error: Error) =>
        error instanceof FileError && error.message.includes("file/below.txt") &&
        error.message.includes("not a folder"),
    );
  }));

Deno.test("writeWhole() keeps the earlier file when the new one cannot be written", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inFolder(async (folder) => {
    const path = join(folder, "f");
    await writeWhole(path, "old");
    await Deno.remove(path);
    await Deno.mkdir(path); // a rename onto a folder fails after the temporary file was written
    await assert.rejects(writeWhole(path, "new"), FileError);
    assert.deepEqual(await names(folder), ["f"]);
  }));

Deno.test("sweep() removes what a killed process left and keeps what a living one writes", () =>
  inFolder(async (folder) => {
    const library = new URL("../../lib/files/mod.ts", import.meta.url).href;
    const writer = new Deno.Command("deno", {
      args: [
        "eval",
        `import { temporaryName } from ${JSON.stringify(library)};
         const name = temporaryName(${JSON.stringify(join(folder, "file"))});
         await Deno.mkdir(name);
         console.log(name);
         setTimeout(() => {}, 60_000);`,
      ],
      stdout: "piped",
    }).spawn();
    const reader = writer.stdout.getReader();
    await reader.read(); // its folder is there
    const mine = temporaryName(join(folder, "mine"));
    await Deno.writeTextFile(mine, "");
    await Deno.writeTextFile(join(folder, "finished"), "");

    await sweep(folder);
    assert.equal((await names(folder)).length, 3, "both processes live");
    writer.kill("SIGKILL");
    await writer.status;
    await reader.cancel();
    await sweep(folder);
    assert.deepEqual(await names(folder), [mine.split("/").at(-1), "finished"].sort());
  }));
