/**
 * `deno task test:conformance [onnx|tensorflow|webgpu]`: runs the specs that tfjs-core ships against an engine (`onnx` by
 * default) and prints how many passed, failed and were excluded. Exits with 1 where one failed that the engine's list in
 * exclusions/ does not name, or where one that it names passes. `--list` prints the failed ones in the list's format.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { libraryFolder } from "../../lib/engine/mod.ts";
import { backends } from "./backends.ts";
import { bundleSpecs } from "./bundle.ts";
import { readExclusions } from "./exclusions.ts";

const chosen = Deno.args.find((argument) => !argument.startsWith("--")) ?? "onnx";
const backend = backends[chosen];
if (backend === undefined) {
  console.error(`Cannot run the specs on "${chosen}": there are ${Object.keys(backends).join(", ")}`);
  Deno.exit(2);
}
// The bundle does not know where the project is.
if (Deno.env.get("PLATEAU_TENSORFLOW") === undefined) Deno.env.set("PLATEAU_TENSORFLOW", libraryFolder());
const list = `exclusions/${chosen}.txt`;
const exclusions = readExclusions(await Deno.readTextFile(new URL(list, import.meta.url)));
const root = new URL("../../", import.meta.url);
const bundle = fileURLToPath(new URL(`.plateau/conformance/specs_${Deno.pid}.js`, root));
const start = performance.now();

// The specs' own packages look for `require` where Node has it.
const require = createRequire(import.meta.url);
Object.assign(globalThis, { require });
const core = require("jasmine-core").noGlobals();
Object.assign(globalThis, core);
const environment = core.jasmine.getEnv();
// The specs repeat names, and some of them must follow one another.
environment.configure({ random: false, forbidDuplicateNames: false });

let passed = 0;
const failures = new Map<string, string>();
const returned: string[] = [];
const seen = new Set<string>();
environment.addReporter({
  specDone({ status, fullName, failedExpectations }: Spec) {
    if (status !== "passed" && status !== "failed") return;
    seen.add(fullName);
    if (status === "passed") {
      passed++;
      if (exclusions.has(fullName)) returned.push(fullName);
    } else failures.set(fullName, (failedExpectations[0]?.message ?? "").split("\n")[0].slice(0, 160));
  },
});

try {
  await bundleSpecs(backend, bundle);
  await import(`file://${bundle}`);
  await environment.execute();
} finally {
  await Deno.remove(bundle).catch(() => {});
}

const unexpected = [...failures].filter(([name]) => !exclusions.has(name));
const gone = [...exclusions.keys()].filter((name) => !seen.has(name));
for (const [name, message] of unexpected) {
  console.log(Deno.args.includes("--list") ? `${name} | ${message}` : `FAILED ${name}: ${message}`);
}
for (const name of returned) console.log(`PASSES, take it out of ${list}: ${name}`);
for (const name of gone) console.log(`NO SUCH SPEC, take it out of ${list}: ${name}`);
const excluded = failures.size - unexpected.length;
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(`${passed} passed, ${unexpected.length} failed, ${excluded} excluded (${seconds} s)`);
Deno.exit(unexpected.length + returned.length + gone.length === 0 ? 0 : 1);

interface Spec {
  readonly status: string;
  readonly fullName: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}
