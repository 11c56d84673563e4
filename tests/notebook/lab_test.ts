import assert from "node:assert/strict";
import { join } from "node:path";
import { installKernel, lab } from "../../lib/cli/lab.ts";
import { scaffold } from "../../lib/cli/new.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";
import { findChromium, findProgram } from "../_programs.ts";

const jupyter = findProgram("jupyter-lab"), browser = findChromium();
const missing = [...(jupyter ? [] : ["jupyter-lab"]), ...(browser ? [] : ["chromium"])];
if (missing.length > 0) {
  console.log(`skipped: a notebook in JupyterLab, since ${missing.join(" and ")} is not on the PATH`);
}

Deno.test("lab names what to install where Jupyter is missing, and a folder that is not there", async () => {
  const errors: string[] = [];
  const host = { program: "no-such-jupyter", printError: (text: string) => void errors.push(text) };
  assert.equal(await lab([], host), 1);
  assert.match(errors[0], /no jupyter on the PATH\. `pip install jupyterlab` installs it/);
  assert.equal(await lab(["no/such/study"], host), 1);
  assert.match(errors[1], /there is no folder ".*no\/such\/study"/);
  assert.equal(await lab(["--what"], host), 2);
});

Deno.test("JupyterLab runs notebook 03 with the Deno kernel and draws its chart with Vega", {
  ignore: missing.length > 0,
  sanitizeResources: false,
  sanitizeOps: false,
}, () =>
  inTempFolder(async (folder) => {
    const data = join(folder, "data"), study = join(folder, "study");
    await imageFolder(data, { "train/cat": 24, "train/dog": 24, "test/cat": 4, "test/dog": 4 });
    assert.equal(await scaffold([study, "--data", data, "--notebooks", "03"], { print: () => {} }), 0);
    const port = await freePort();
    const server = new Deno.Command(jupyter!, {
      args: [
        `--ServerApp.root_dir=${study}`,
        `--ServerApp.port=${port}`,
        "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=plateau",
        "--no-browser",
        "--allow-root",
      ],
      env: {
        JUPYTER_PATH: await installKernel(),
        JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
        JUPYTER_CONFIG_DIR: join(folder, "config"),
        JUPYTER_DATA_DIR: join(folder, "jupyter-data"),
        IPYTHONDIR: join(folder, "ipython"),
        PLATEAU_BUDGET: "60s",
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await reachable(`http://127.0.0.1:${port}/api?token=plateau`);
      const { success, stdout, stderr } = await new Deno.Command("deno", {
        args: [
          "run",
          "-A",
          "--no-check",
          join(import.meta.dirname!, "_lab_checks.ts"),
          `http://127.0.0.1:${port}/lab/tree/03_training.ipynb?token=plateau`,
          browser!,
          join(folder, "lab.png"),
        ],
        stdin: "null",
      }).output();
      const out = new TextDecoder().decode(stdout);
      assert.ok(success, `${out}\n${new TextDecoder().decode(stderr).slice(-2000)}`);
      const { marks, width, height, errors } = JSON.parse(out.trim().split("\n").at(-1)!);
      assert.ok(marks > 20, `${marks} marks`);
      assert.ok(width > 300 && height > 120, `${width} x ${height}`);
      assert.deepEqual(errors, []);
      const { cells } = JSON.parse(await Deno.readTextFile(join(study, "03_training.ipynb")));
      const shown = cells.flatMap((cell: Cell) => (cell.outputs ?? []).map((output) => [cell, output] as const))
        .filter(([, { output_type }]: [Cell, Output]) => output_type === "execute_result");
      assert.ok(shown.length >= 5, `${shown.length} results`);
      // Results carry the number of the cell that they come from.
      for (const [cell, output] of shown) assert.equal(output.execution_count, cell.execution_count);
      const kept = Deno.env.get("PLATEAU_SCREENSHOTS");
      if (kept) await Deno.copyFile(join(folder, "lab.png"), join(kept, "lab.png"));
    } finally {
      server.kill("SIGTERM");
      await server.status;
    }
  }));

interface Output {
  readonly output_type: string;
  readonly execution_count?: number;
}

interface Cell {
  readonly execution_count?: number;
  readonly outputs?: readonly Output[];
}

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return await Promise.resolve(port);
}

async function reachable(url: string): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    try {
      const answer = await fetch(url);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`JupyterLab did not answer at ${url} within a minute`);
}
