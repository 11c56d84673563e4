import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

/** Folder of an installed npm package, from a file that all of them have. */
const packageFolder = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

const core = packageFolder("@tensorflow/tfjs-core");

/** Specs of a browser, of its files and workers, and of a debug mode that reads the clock. */
const NOT_THE_BACKENDS = /io\/|platform|browser|debug_mode|worker/;

/** What the bundle imports when it runs: packages with native code or with modules that are no ES modules. */
const EXTERNAL = ["util", "crypto", "fs", "os", "path", "node-fetch", "onnxruntime-node", "protobufjs", "node:*"];

/** A backend that specs are bundled with. */
export interface Backend {
  /** As tfjs knows it. */
  readonly name: string;
  /** Whether values can be read at once. */
  readonly sync: boolean;
  /** Code of a module that registers it. */
  readonly setup: string;
}

/**
 * Bundles the specs that tfjs-core ships with the backend under test. They need it: their imports lack extensions, and
 * they reach into tfjs-core's folders, of which the backend must use the same copy.
 *
 * @param target File to write, inside of this project so that its import map holds.
 * @throws {Error} where a module cannot be found.
 */
export async function bundleSpecs({ name, sync, setup }: Backend, target: string): Promise<void> {
  const specs = await testsBelow(join(core, "dist"));
  const lines = (modules: readonly string[]) => modules.map((path) => `import ${JSON.stringify(path)};`).join("\n");
  const modules: Record<string, string> = {
    entry: lines(["setup", "specs"]),
    // A module of its own: what a module imports is evaluated before it, and specs ask for the environments.
    setup: lines([
      "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js",
      "@tensorflow/tfjs-core/dist/register_all_gradients.js",
    ]) + `
      ${setup}
      import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
      setTestEnvs([{ name: "test-${name}", backendName: "${name}", flags: {}, isDataSync: ${sync} }]);`,
    // tfjs-node's kernels ask for the whole of tfjs, of which they need this.
    core: `export * from "@tensorflow/tfjs-core/dist/index.js";`,
    specs: lines(specs),
  };
  try {
    await esbuild.build({
      entryPoints: ["entry"],
      bundle: true,
      format: "esm",
      platform: "node",
      mainFields: ["module", "main"],
      // The package calls its spec files free of side effects, and they would be dropped.
      ignoreAnnotations: true,
      external: EXTERNAL,
      plugins: [virtual(modules), packages],
      outfile: target,
      logLevel: "error",
    });
  } finally {
    await esbuild.stop();
  }
}

/** Modules that are no files, by name. */
const virtual = (modules: Readonly<Record<string, string>>): esbuild.Plugin => ({
  name: "virtual",
  setup(build) {
    build.onResolve(
      { filter: /^\w+$/ },
      ({ path }) => Object.hasOwn(modules, path) ? { path, namespace: "virtual" } : null,
    );
    build.onLoad({ filter: /./, namespace: "virtual" }, ({ path }) => ({ contents: modules[path], resolveDir: core }));
  },
});

/** Finds packages in Deno's own cache, where esbuild does not look. */
const packages: esbuild.Plugin = {
  name: "packages",
  setup(build) {
    // It is compiled for an older JavaScript, in which classes are functions; tfjs-core's modules here are not.
    build.onLoad({ filter: /nodejs_kernel_backend\.js$/ }, async ({ path }) => ({
      contents: (await Deno.readTextFile(path)).replace(
        "_super.call(this)",
        "Reflect.construct(_super, [], NodeJSKernelBackend)",
      ),
    }));
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
      if (EXTERNAL.some((name) => path === name || path.startsWith(name.replace("*", "")))) {
        return { path, external: true };
      }
      if (path === "@tensorflow/tfjs") return { path: "core", namespace: "virtual" };
      const [name, inside] = splitName(path);
      if (name === "@tensorflow/tfjs-core" || name.startsWith("@tensorflow/tfjs-backend-")) {
        const file = inside === "" ? "dist/index.js" : inside;
        return { path: join(packageFolder(name), file.endsWith(".js") ? file : `${file}.js`) };
      }
      if (name === "@tensorflow/tfjs-node-gpu") return { path: join(packageFolder(name), inside) };
      return { path: createRequire(importer.startsWith("/") ? importer : import.meta.url).resolve(path) };
    });
  },
};

/** "@a/b/c/d" as ["@a/b", "c/d"]. */
function splitName(path: string): [name: string, inside: string] {
  const parts = path.split("/");
  const count = path.startsWith("@") ? 2 : 1;
  return [parts.slice(0, count).join("/"), parts.slice(count).join("/")];
}

async function testsBelow(folder: string, inside = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, inside))) {
    const path = inside === "" ? name : `${inside}/${name}`;
    if (isDirectory) found.push(...await testsBelow(folder, path));
    else if (name.endsWith("_test.js") && !NOT_THE_BACKENDS.test(path)) found.push(join(folder, path));
  }
  return found.sort();
}
