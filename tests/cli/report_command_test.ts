import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/files/mod.ts";
import { report, type ReportHost } from "../../lib/cli/report.ts";
import { inTempFolder, write } from "../_fixtures.ts";

const notebook = (title: string, ...sources: string[]) =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { cell_type: "markdown", id: "m", metadata: {}, source: `# ${title}` },
      {
        cell_type: "code",
        id: "p",
        metadata: { tags: ["parameters"] },
        source: 'let data = ""; let seed = 1; let budget = "15m"; let engineName = "onnx"; let workers = 2; ' +
          'let modelPath = "", historyPath = "", predictionsPath = "", backbonePath = "", unseal = false;',
      },
      ...sources.map((source, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, source })),
    ],
  });

const FIGURE = {
  "text/plain": "",
  "application/vnd.plateau.v1+json": {
    figures: [{ id: "f", label: "Accuracy of it", value: 0.25, unit: "share", n: 40, key: true }],
    findings: [{ code: "w", severity: "warning", sentence: "It is stuck.", evidence: [], remedy: "" }],
  },
};
const SAYS = `await Deno.jupyter.broadcast("display_data", { data: ${
  JSON.stringify(FIGURE)
}, metadata: {}, transient: {} });`;

interface Setting {
  readonly folder: string;
  readonly out: string;
  /** Calls the command; returns status, output and errors. */
  run(...args: string[]): Promise<{ status: number; output: string; errors: string }>;
}

async function inSetting(
  sources: Record<string, string>,
  use: (setting: Setting) => Promise<void>,
  host: Partial<ReportHost> = {},
): Promise<void> {
  await inTempFolder(async (folder) => {
    const notebooks = join(folder, "notebooks");
    for (const [name, source] of Object.entries(sources)) await write(join(notebooks, `${name}.ipynb`), source);
    const out = join(folder, "out");
    await use({
      folder,
      out,
      async run(...args) {
        const output: string[] = [], errors: string[] = [];
        const status = await report(args.includes("--out") ? args : [...args, "--out", out], {
          notebooks,
          prepare: () => Promise.resolve({ name: "birds", fingerprint: "f00d", summary: "birds: 3 images" }),
          chooseEngine: () => Promise.resolve({ engine: "onnx", sentence: "" }),
          print: (text) => output.push(text),
          printError: (text) => errors.push(text),
          ...host,
        });
        return { status, output: output.join("\n"), errors: errors.join("\n") };
      },
    });
  });
}

const read = (...path: string[]) => Deno.readTextFile(join(...path));
const exists = (...path: string[]) => Deno.stat(join(...path)).then(() => true, () => false);

Deno.test("report: a wrong call is refused in one message with status 2, before anything is written", () =>
  inSetting({ "01_a": notebook("A"), "02_b": notebook("B") }, async ({ run, out }) => {
    const calls: [string[], RegExp][] = [
      [["--dat", "x"], /Unknown option '--dat'/],
      [["x"], /Unexpected argument 'x'/],
      [["--only", "01,07"], /"07", there are 01_a, 02_b/],
      [["--only", ","], /--only must name notebooks/],
      [["--seed", "1.5"], /--seed must be a whole number.*"1\.5"/],
      [["--seed", "-1"], /--seed/],
      [
        ["--engine", "gpu"],
        /--engine must be one of auto, onnx, tensorflow, tensorflow-gpu, webgpu, wasm, cpu, it is "gpu"/,
      ],
      [["--workers", "0"], /--workers must be a whole number from 1 to 64, it is "0"/],
      [["--workers", "two"], /--workers must be .* it is "two"/],
      [["--data", " "], /--data must name a folder/],
      [["--model", ""], /--model must name a file/],
      [["--budget", "soon"], /--budget must be a time, as 15m, 90s or 1h, it is "soon"/],
      [["--quick", "--budget", "5m"], /exclude each other/],
      [["--data"], /--data/],
    ];
    for (const [args, message] of calls) {
      const { status, output, errors } = await run(...args);
      assert.equal(status, 2, args.join(" "));
      assert.match(errors, message);
      assert.equal(errors.split("\n").length, 2); // and where to read on
      assert.equal(output, "");
    }
    assert.ok(!await exists(out));
  }));

Deno.test("report --help says what there is", () =>
  inSetting({ "01_a": notebook("A") }, async ({ run }) => {
    const { status, output } = await run("--help");
    assert.equal(status, 0);
    for (
      const option of [
        "--data",
        "--only",
        "--budget",
        "--quick",
        "--thorough",
        "--model",
        "--history",
        "--predictions",
        "--seed",
        "--workers",
        "--engine",
        "--out",
        "--no-images",
      ]
    ) {
      assert.ok(output.includes(option), option);
    }
  }));

Deno.test("report: notebooks run with their parameters; pages, index and data name no place on this machine", () =>
  inSetting({
    "01_a": notebook(
      "First",
      "console.log([data, seed, budget, engineName, workers].join('|'), Deno.cwd(), new Error('trace').stack); " +
        "console.log([modelPath, historyPath, predictionsPath].join('|'))",
    ),
    "02_b": notebook("Second", SAYS),
  }, async ({ run, out, folder }) => {
    const data = join(folder, "pictures of <birds>");
    await Deno.mkdir(data);
    const own = ["--model", join(folder, "net.ts"), "--history", join(folder, "run.csv")];
    const { status, output, errors } = await run(
      "--data",
      data,
      "--seed",
      "7",
      "--quick",
      "--engine",
      "cpu",
      "--workers",
      "3",
      ...own,
    );
    assert.deepEqual([status, errors], [0, ""]);
    assert.match(output, /01_a: First\n {2}done in/);
    assert.match(output.replaceAll("\u00a0", " "), /Accuracy of it: 25 % \(40 images\)/);
    assert.match(output, /Findings: 1 warning\n {2}▲ It is stuck\./);
    assert.match(output, /Report: .*index\.html/);
    const page = await read(out, "01_a.html");
    assert.ok(page.includes("pictures of &lt;birds&gt;|7|3m|cpu|3"));
    assert.ok(page.includes("net.ts|run.csv|"));
    for await (const { name, isFile } of Deno.readDir(out)) {
      if (!isFile) continue;
      const text = await read(out, name);
      for (const place of [folder, projectRoot()]) assert.ok(!text.includes(place), `${name} names ${place}`);
    }
  }));

Deno.test("report: errors and warnings are told as they come, each once, with what to do", () => {
  const say = (...findings: unknown[]) => {
    const data = { "text/plain": "", "application/vnd.plateau.v1+json": { findings } };
    return `await Deno.jupyter.broadcast("display_data", { data: ${
      JSON.stringify(data)
    }, metadata: {}, transient: {} });`;
  };
  const finding = (severity: string, sentence: string) => ({
    code: "c",
    severity,
    sentence,
    evidence: [],
    remedy: `Mend ${sentence}`,
  });
  const gain = { id: "g", label: "Mending", value: 0.012, low: -0.02, high: 0.04, unit: "points" };
  const leak = { ...finding("warning", "A leak."), expectedGain: gain };
  return inSetting({
    "01_a": notebook("A", say(leak, finding("info", "A note."))),
    "02_b": notebook("B", say(leak, finding("error", "A \u001b[31mfault."), finding("good", "All well."))),
  }, async ({ run }) => {
    const { status, output } = await run();
    assert.equal(status, 0);
    const [, first, second, end] = output.replaceAll("\u00a0", " ").split(/^(?:0\d_.: [AB]| {2}done in .*)\n/m)
      .filter((part) => part !== "");
    assert.equal(
      first.trimEnd(),
      "  ▲ A leak.\n    Mend A leak. No effect can be told: +1.2 points [−2.0, 4.0] (Mending)",
    );
    assert.equal(second.trimEnd(), "  ✕ A \ufffd[31mfault.\n    Mend A \ufffd[31mfault.");
    assert.match(end, /Findings: 1 error, 1 warning, 1 note, 1 in good order/);
  });
});

Deno.test("report says at the start what there is time for and when it should be done", () =>
  inSetting({ "01_a": notebook("A") }, async ({ run }) => {
    const { output } = await run("--budget", "5m", "--seed", "3", "--engine", "cpu");
    assert.match(output, /^birds: 3 images\nBudget 5m, seed 3, engine cpu\n01_a: A\n {2}done/);
  }, {
    prepare: (_folder, seed, { budget, engine }) =>
      Promise.resolve({
        name: "birds",
        fingerprint: "f00d",
        summary: "birds: 3 images",
        outlook: `Budget ${budget}, seed ${seed}, engine ${engine}`,
      }),
  }));

Deno.test("report: a failing cell is named with its error, the others run, the earlier page stays, status 1", () =>
  inSetting({
    "01_a": notebook("A", "if (seed === 2) throw new TypeError('not <this> way'); 'fine'"),
    "02_b": notebook("B", "'also fine'"),
  }, async ({ run, out }) => {
    assert.equal((await run()).status, 0);
    const earlier = await read(out, "01_a.html");
    const { status, output, errors } = await run("--seed", "2");
    assert.equal(status, 1);
    assert.equal(errors, "01_a: failed in cell 2: TypeError: not <this> way");
    assert.match(output, /02_b: B\n {2}done/);
    assert.equal(await read(out, "01_a.html"), earlier);
    assert.match(await read(out, "01_a.partial.html"), /not &lt;this&gt; way/);
    assert.match(await read(out, "index.html"), /Notebook 01_a failed in cell 2/);
    assert.match((await run("--seed", "2", "--verbose")).errors, /at /);
  }));

Deno.test("report: a kernel killed from outside fails its notebook, with the reason", () =>
  inSetting({
    "01_a": notebook("A", "process.kill(process.pid, 'SIGKILL'); await new Promise((r) => setTimeout(r, 60_000))"),
  }, async ({ run, out }) => {
    const { status, errors } = await run();
    assert.equal(status, 1);
    assert.match(errors, /^01_a: failed in cell 2: KernelError: The Deno kernel is gone: .*SIGKILL/);
    assert.match(await read(out, "index.html"), /SIGKILL/);
  }));

Deno.test("report --only runs what it names and keeps the others in the index", () =>
  inSetting({ "01_a": notebook("A", SAYS), "02_b": notebook("B", "seed") }, async ({ run, out }) => {
    const first = await run("--only", "2");
    assert.doesNotMatch(first.output, /01_a/);
    assert.match(await read(out, "index.html"), /--only 01<\/code> runs it/);
    const page = await read(out, "02_b.html");
    await run("--only", "01_a");
    assert.equal(await read(out, "02_b.html"), page);
    const { notebooks, figures } = JSON.parse(await read(out, "report.json"));
    assert.deepEqual(notebooks.map(({ status }: { status: string }) => status), ["done", "done"]);
    assert.equal(figures.length, 1);
  }));

Deno.test("report: data that cannot be used is said once, no kernel starts, and earlier reports stay", async () => {
  const sources = { "01_a": notebook("A"), "02_b": notebook("B") };
  await inSetting(sources, async ({ run, out, folder }) => {
    const { status, output, errors } = await run("--data", join(folder, "nowhere"));
    assert.deepEqual([status, output], [1, ""]);
    assert.match(errors, /nowhere/);
    assert.deepEqual(errors.split("\n").slice(1), ["docs/own-data.md says more."]);
    assert.ok(!await exists(out));
    await write(join(out, "index.html"), "earlier");
    assert.equal((await run("--data", join(folder, "nowhere"))).status, 1);
    assert.equal(await read(out, "index.html"), "earlier");
    assert.deepEqual((await Array.fromAsync(Deno.readDir(out))).length, 1);
  }, { prepare: undefined });
});

Deno.test("report: an output folder that cannot be is said before the work starts", () =>
  inSetting({ "01_a": notebook("A") }, async ({ run, folder }) => {
    await write(join(folder, "file"), "");
    const { status, output, errors } = await run("--out", join(folder, "file", "out"));
    assert.deepEqual([status, output], [1, ""]);
    assert.match(errors, /^Cannot write reports to ".*file\/out": a part of the path is a file/);
  }));

/** Starts the command as a process of its own, on the setting's notebooks. */
function start(folder: string, out: string): Deno.ChildProcess {
  const module = new URL("../../lib/cli/report.ts", import.meta.url).href;
  const script = `import { report } from ${JSON.stringify(module)};
    Deno.exit(await report(["--out", ${JSON.stringify(out)}], { notebooks: ${JSON.stringify(join(folder, "notebooks"))},
      prepare: () => Promise.resolve({ name: "birds", fingerprint: "f00d", summary: "" }) }));`;
  return new Deno.Command("deno", {
    args: ["eval", "--quiet", script],
    cwd: projectRoot(),
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!await condition()) {
    assert.ok(performance.now() < end, "waited for 30 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A notebook that waits for an interrupt the first time it runs, and runs through the second time. */
function waiting(folder: string): string {
  const marker = JSON.stringify(join(folder, "running"));
  return notebook(
    "B",
    "console.log('finished')",
    `if (!await Deno.stat(${marker}).catch(() => null)) {
      let stop = false;
      Deno.addSignalListener("SIGINT", () => { stop = true; });
      Deno.writeTextFileSync(${marker}, String(Deno.pid));
      while (!stop) await new Promise((resolve) => setTimeout(resolve, 20));
    }`,
    "console.log('the end')",
  );
}

Deno.test("report: Ctrl-C writes what is finished and ends with status 130", {
  ignore: Deno.build.os === "windows",
}, () =>
  inSetting({ "01_a": notebook("A") }, async ({ folder, out }) => {
    await write(join(folder, "notebooks/02_b.ipynb"), waiting(folder));
    const child = start(folder, out);
    await until(() => exists(folder, "running"));
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130);
    assert.ok(await exists(out, "01_a.html"));
    assert.ok(!await exists(out, "02_b.html"));
    assert.match(await read(out, "02_b.partial.html"), /finished/);
    assert.match(await read(out, "index.html"), /Notebook 02_b was interrupted in cell 3/);
  }));

Deno.test("report: killed in the middle, finished pages stand, nothing half does, and the next run completes", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inSetting({ "01_a": notebook("A") }, async ({ folder, out, run }) => {
    await write(join(folder, "notebooks/02_b.ipynb"), waiting(folder));
    const child = start(folder, out);
    await until(() => exists(folder, "running"));
    child.kill("SIGKILL");
    await child.status;
    assert.ok(await exists(out, "01_a.html"));
    assert.ok(!await exists(out, "02_b.html"));
    const kernel = await read(folder, "running");
    await until(async () => !await exists("/proc", kernel));
    await write(join(out, `.tmp-${child.pid}-0-02_b.html`), "half");
    assert.equal((await run()).status, 0);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name).sort(), [
      "01_a.html",
      "02_b.html",
      "data",
      "index.html",
      "report.json",
    ]);
  }));

Deno.test("report goes on without a pre-trained network that cannot be used, says so, and says in its status that it did", async () => {
  let asked = "";
  await inSetting(
    { "01_a": notebook("A", SAYS) },
    async ({ run }) => {
      const { status, output, errors } = await run("--backbone", "hf:some/net");
      assert.equal(status, 1);
      assert.equal(asked, "hf:some/net"); // no path
      assert.match(errors, /Cannot use it: there is none/);
      assert.match(output, /01_a: A\n[^]*\n {2}done/);
    },
    {
      prepare: (_folder, _seed, { backbone }) => {
        asked = backbone;
        return Promise.resolve({
          name: "birds",
          fingerprint: "f00d",
          summary: "birds: 3 images",
          problems: ["Cannot use it: there is none"],
        });
      },
    },
  );
});

Deno.test("report refuses to download what is no network on Hugging Face", async () => {
  await inSetting({ "01_a": notebook("A") }, async ({ run }) => {
    const { status, errors } = await run("--download", "--backbone", "net.onnx");
    assert.equal(status, 2);
    assert.match(errors, /--download needs a --backbone hf:OWNER\/NAME/);
  });
});
