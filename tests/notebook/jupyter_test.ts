import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { projectRoot } from "../../lib/files/mod.ts";
import { findProgram } from "../_programs.ts";

const command = findProgram("jupyter-nbconvert");
if (!command) console.log("skipped: Jupyter's own run of a notebook, since jupyter-nbconvert is not on the PATH");

Deno.test("notebooks validate against nbformat 4.5 and run in Jupyter with the Deno kernel", {
  ignore: command === null,
}, async () => {
  const folder = await Deno.makeTempDir();
  try {
    // A kernelspec of its own: `deno jupyter --install` would write to the home folder.
    const kernel = join(folder, "kernels", "deno");
    await Deno.mkdir(kernel, { recursive: true });
    await Deno.writeTextFile(
      join(kernel, "kernel.json"),
      JSON.stringify({
        argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
        display_name: "Deno",
        language: "typescript",
      }),
    );
    const notebooks = join(projectRoot(), "notebooks");
    const validated = await new Deno.Command(join(dirname(command!), "python3"), {
      args: [
        "-c",
        "import nbformat, pathlib, sys\nfor path in sorted(pathlib.Path(sys.argv[1]).glob('*.ipynb')):\n    nbformat.validate(nbformat.read(path, as_version=4)); print(path.stem)",
        notebooks,
      ],
    }).output();
    assert.equal(validated.code, 0, new TextDecoder().decode(validated.stderr));
    const names = (await Array.fromAsync(Deno.readDir(notebooks))).map(({ name }) => name)
      .filter((name) => name.endsWith(".ipynb")).map((name) => name.slice(0, -".ipynb".length)).sort();
    assert.deepEqual(new TextDecoder().decode(validated.stdout).trim().split("\n"), names);

    const { code, stderr } = await new Deno.Command(command!, {
      args: ["--to", "notebook", "--execute", "--output-dir", folder, join(notebooks, "02_baselines.ipynb")],
      env: { JUPYTER_PATH: folder, JUPYTER_RUNTIME_DIR: join(folder, "runtime"), JUPYTER_CONFIG_DIR: folder },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const executed = JSON.parse(await Deno.readTextFile(join(folder, "02_baselines.ipynb")));
    // deno-lint-ignore no-explicit-any -- nbformat
    const shown = executed.cells.flatMap((cell: any) => cell.outputs ?? []).flatMap((output: any) =>
      Object.keys(output.data ?? {})
    );
    assert.ok(shown.includes("application/vnd.vegalite.v5+json"), "a chart that JupyterLab draws");
    assert.ok(shown.includes("text/html"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
