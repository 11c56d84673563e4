import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { installKernel } from "../../lib/cli/lab.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";
import { findProgram } from "../_programs.ts";

const nbconvert = findProgram("jupyter-nbconvert"), papermill = findProgram("papermill");
if (!nbconvert) console.log("skipped: Jupyter's own run of a notebook, since jupyter-nbconvert is not on the PATH");
if (!papermill) console.log("skipped: papermill's run of a notebook, since papermill is not on the PATH");
const notebooks = join(projectRoot(), "notebooks");

interface Setting {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A kernelspec, caches and a small data set of its own. */
const inJupyter = (body: (setting: Setting) => Promise<void>) =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "three kinds"), { cat: 16, dog: 16, hat: 16 });
    await body({
      folder,
      environment: {
        JUPYTER_PATH: await installKernel(),
        JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
        JUPYTER_CONFIG_DIR: folder,
        PLATEAU_DATA: data,
        PLATEAU_SEED: "7",
        PLATEAU_BUDGET: "20s",
      },
    });
  });

async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], env }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

interface Output {
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}

async function outputsOf(path: string): Promise<Output[]> {
  const { cells } = JSON.parse(await Deno.readTextFile(path));
  return cells.flatMap(({ outputs }: { outputs?: Output[] }) => outputs ?? []);
}

/** What the notebook's data set and its footer say, as plain text. */
const textOf = (outputs: readonly Output[]) => outputs.map(({ data }) => [data?.["text/plain"]].flat().join("")).join();

Deno.test("notebooks validate against nbformat 4.5", { ignore: nbconvert === null }, async () => {
  const code = "import nbformat, pathlib, sys\nfor path in sorted(pathlib.Path(sys.argv[1]).glob('*.ipynb')):\n" +
    "    nbformat.validate(nbformat.read(path, as_version=4)); print(path.stem)";
  const validated = await run(join(dirname(nbconvert!), "python3"), ["-c", code, notebooks]);
  const names = (await Array.fromAsync(Deno.readDir(notebooks))).map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb")).map((name) => name.slice(0, -".ipynb".length)).sort();
  assert.deepEqual(validated.split("\n"), names);
});

Deno.test("nbconvert runs a notebook with parameters from the environment, and its HTML shows the chart's SVG", {
  ignore: nbconvert === null,
}, () =>
  inJupyter(async ({ folder, environment }) => {
    const executed = join(folder, "02_baselines.ipynb");
    const toFolder = ["--output-dir", folder];
    await run(
      nbconvert!,
      ["--to", "notebook", "--execute", ...toFolder, join(notebooks, "02_baselines.ipynb")],
      environment,
    );
    const outputs = await outputsOf(executed);
    const types = outputs.flatMap(({ data }) => Object.keys(data ?? {}));
    assert.ok(types.includes("application/vnd.vegalite.v5+json"), "a chart that JupyterLab draws");
    assert.ok(types.includes("text/html"));
    assert.match(textOf(outputs), /three kinds: 3 classes/);

    await run(nbconvert!, ["--to", "html", ...toFolder, executed], environment);
    const page = await Deno.readTextFile(join(folder, "02_baselines.html"));
    const [, picture] = page.match(/<img[^>]*src="data:image\/svg\+xml;base64,([^"]+)"/) ?? [];
    assert.ok(picture, "a picture where nothing draws Vega-Lite");
    const svg = new TextDecoder().decode(Uint8Array.fromBase64(picture));
    assert.match(svg, /^<svg role="img" aria-label="What can be had without a network/);
    assert.match(svg, /Colour histogram/);
  }));

Deno.test(
  "papermill keeps what cells show, however long it is",
  { ignore: papermill === null },
  () =>
    inTempFolder(async (folder) => {
      const cells = [
        'import { display } from "plateau";\nclass Long extends display.Shown {\n' +
        "  constructor(readonly length: number) { super(); }\n" +
        '  override html() { return "x".repeat(this.length); }\n  override text() { return `${this.length}`; }\n}',
        // Of results this long, Deno's kernel alone loses about every other one.
        ...Array.from({ length: 6 }, () => "new Long(4e6)"),
        "new Long(10)",
      ];
      const notebook = join(projectRoot(), ".plateau", `long-${crypto.randomUUID()}.ipynb`);
      const executed = join(folder, "out.ipynb");
      await Deno.writeTextFile(
        notebook,
        JSON.stringify({
          cells: cells.map((source, at) => ({
            cell_type: "code",
            id: `cell-${at}`,
            metadata: {},
            outputs: [],
            execution_count: null,
            source,
          })),
          metadata: { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } },
          nbformat: 4,
          nbformat_minor: 5,
        }),
      );
      try {
        const environment = { JUPYTER_PATH: await installKernel(), JUPYTER_RUNTIME_DIR: join(folder, "runtime") };
        await run(papermill!, [notebook, executed], environment);
      } finally {
        await Deno.remove(notebook);
      }
      assert.deepEqual((await outputsOf(executed)).map(({ data }) => [data?.["text/plain"]].flat().join("")), [
        ...Array.from({ length: 6 }, () => "4000000"),
        "10",
      ]);
    }),
);

Deno.test(
  "papermill runs a notebook with parameters from the environment",
  { ignore: papermill === null },
  () =>
    inJupyter(async ({ folder, environment }) => {
      const executed = join(folder, "out.ipynb");
      await run(papermill!, [join(notebooks, "01_dataset.ipynb"), executed], environment);
      const text = textOf(await outputsOf(executed));
      assert.match(text, /three kinds: 3 classes/);
    }),
);
