import assert from "node:assert/strict";
import process from "node:process";
import { Kernel, KernelError, type Output } from "../../lib/notebook/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";

async function withKernel(use: (kernel: Kernel) => Promise<void>) {
  const kernel = await Kernel.start({ cwd: projectRoot() });
  try {
    await use(kernel);
  } finally {
    await kernel.close();
  }
}

const streams = (outputs: readonly Output[]) =>
  outputs.flatMap((output) => output.output_type === "stream" ? [output.text] : []).join("");

/** Whether a process is there: the signal 0 only asks. */
function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function ends(pid: number, within: number): Promise<boolean> {
  const end = performance.now() + within;
  while (performance.now() < end) {
    if (!alive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

Deno.test("Kernel: values, streams, displays and their updates come back as nbformat's outputs", () =>
  withKernel(async (kernel) => {
    const value = await kernel.execute("const a: number = 20; a + 1");
    assert.equal(value.error, null);
    assert.equal(value.outputs[0].output_type, "execute_result");
    const stream = await kernel.execute('console.log("one"); console.log("two")');
    assert.equal(streams(stream.outputs), "one\ntwo\n");
    const display = await kernel.execute(`
      await Deno.jupyter.broadcast("display_data", { data: { "text/plain": "old" }, metadata: {}, transient: { display_id: "d" } });
      await Deno.jupyter.broadcast("update_display_data", { data: { "text/plain": "new" }, metadata: {}, transient: { display_id: "d" } });
      undefined`);
    assert.deepEqual(display.outputs, [{ output_type: "display_data", data: { "text/plain": "new" }, metadata: {} }]);
  }));

Deno.test("Kernel: a throwing cell is reported, and the kernel lives on with its variables", () =>
  withKernel(async (kernel) => {
    await kernel.execute("let kept = 7");
    const failed = await kernel.execute('throw new TypeError("not like this")');
    assert.deepEqual([failed.error?.name, failed.error?.message], ["TypeError", "not like this"]);
    const after = await kernel.execute("console.log(kept)");
    assert.equal(streams(after.outputs), "7\n");
  }));

Deno.test("Kernel: the import map of deno.json holds in cells", () =>
  withKernel(async (kernel) => {
    const { error } = await kernel.execute('import sharp from "sharp"; typeof sharp');
    assert.equal(error, null);
  }));

Deno.test("Kernel: killed from outside, the running cell fails at once and says how it ended", () =>
  withKernel(async (kernel) => {
    const running = kernel.execute("await new Promise((resolve) => setTimeout(resolve, 60_000))");
    setTimeout(() => Deno.kill(kernel.pid, "SIGKILL"), 200);
    await assert.rejects(running, (error: Error) => error instanceof KernelError && error.message.includes("SIGKILL"));
    await assert.rejects(kernel.execute("1"), KernelError);
  }));

Deno.test("Kernel: interrupt() reaches a cell that listens, and the kernel lives on", () =>
  withKernel(async (kernel) => {
    await kernel.execute('let stop = false; Deno.addSignalListener("SIGINT", () => { stop = true; })');
    const running = kernel.execute(
      "for (let i = 0; i < 600 && !stop; i++) await new Promise((r) => setTimeout(r, 100)); console.log(stop)",
    );
    setTimeout(() => kernel.interrupt(), 300);
    assert.equal(streams((await running).outputs), "true\n");
    assert.equal((await kernel.execute("1")).error, null);
  }));

Deno.test("Kernel: close() leaves no process and no connection file behind", () =>
  withOwnTemp(async (left) => {
    const kernel = await Kernel.start({ cwd: projectRoot() });
    await kernel.close();
    assert.ok(await ends(kernel.pid, 2000));
    assert.deepEqual(await left(), []);
  }));

Deno.test("Kernel: it ends by itself when the process that started it is killed", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withOwnTemp(async (left) => {
    const script = `
    import { Kernel } from ${JSON.stringify(new URL("../../lib/notebook/mod.ts", import.meta.url).href)};
    const kernel = await Kernel.start({ cwd: ${JSON.stringify(projectRoot())} });
    console.log(kernel.pid);
    await kernel.execute("while (true) await new Promise((resolve) => setTimeout(resolve, 10))");`;
    const parent = new Deno.Command("deno", { args: ["eval", "--quiet", script], cwd: projectRoot(), stdout: "piped" })
      .spawn();
    const reader = parent.stdout.getReader();
    const pid = Number(new TextDecoder().decode((await reader.read()).value));
    assert.ok(alive(pid));
    parent.kill("SIGKILL");
    await parent.status;
    await reader.cancel();
    assert.ok(await ends(pid, 5000), `the kernel ${pid} is still there`);
    assert.deepEqual(await left(), []);
  }));

/** Temporary files go into a folder of the test's own: kernels of other programs come and go in the common one. */
async function withOwnTemp(body: (left: () => Promise<string[]>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", folder);
  try {
    await body(async () => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name));
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    await Deno.remove(folder, { recursive: true });
  }
}
