import assert from "node:assert/strict";
import { projectRoot } from "../../lib/files/mod.ts";

/** Tries what would let data out. 192.0.2.1 is reserved for documentation (RFC 5737): nobody is there. */
const ATTEMPTS = `
  Deno.permissions.revokeSync({ name: "import" }); // as the commands do at their start
  const attempts = {
    fetch: () => fetch("http://192.0.2.1/"),
    connect: () => Deno.connect({ hostname: "192.0.2.1", port: 80 }),
    resolve: () => Deno.resolveDns("example.com", "A"),
    import: () => import("https:" + "//example.com/x.ts"),
    shell: () => new Deno.Command("sh", { args: ["-c", "true"] }).output(),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const outcome = await (async () => await attempt())().then(() => "done", (error) => error.name + ": " + error.message);
    console.log(name, /NotCapable|Requires/.test(outcome) ? "refused" : outcome);
  }`;

const SETS = ["report", "sample", "backbone", "label", "predict", "export", "groups", "clean", "selftest", "tools"];

for (const set of SETS) {
  Deno.test(`the permissions of "${set}" let TypeScript reach no other host and start no other program`, async () => {
    const script = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(script, ATTEMPTS);
    const { stdout, stderr } = await new Deno.Command("deno", {
      args: ["run", "--quiet", "--no-prompt", "--config", "deno.json", `-P=${set}`, script],
      cwd: projectRoot(),
    }).output();
    await Deno.remove(script);
    const said = new TextDecoder().decode(stdout).trim().split("\n");
    const refused = ["fetch", "connect", "resolve", "import", "shell"].map((name) => `${name} refused`);
    assert.deepEqual(said, refused, new TextDecoder().decode(stderr));
  });
}
