import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ReportError } from "./errors.ts";

/** What goes into every page. */
export interface Runtime {
  readonly style: string;
  /** Scripts in their order; those for charts are left out of pages without charts. */
  readonly scripts: readonly { readonly text: string; readonly forCharts: boolean }[];
}

let loaded: Promise<Runtime> | undefined;

/** The style sheet and the scripts of a page, read once. */
export function runtime(): Promise<Runtime> {
  return loaded ??= load();
}

async function load(): Promise<Runtime> {
  const own = (name: string) => Deno.readTextFile(fileURLToPath(new URL(name, import.meta.url)));
  const vegaFolder = dirname(resolve("vega"));
  const [style, page, vega, licence, interpreter, tooltip] = await Promise.all([
    own("style.css"),
    own("page.js"),
    Deno.readTextFile(join(vegaFolder, "vega.min.js")),
    Deno.readTextFile(join(vegaFolder, "..", "LICENSE")),
    Deno.readTextFile(resolve("vega-interpreter")),
    Deno.readTextFile(resolve("vega-tooltip")),
  ]);
  const extras = `const plateauVega = {};\n${inScope(interpreter, "vega-interpreter")}\n${
    inScope(tooltip, "vega-tooltip")
  }`;
  const scripts = [
    { text: `/* Vega, vega-interpreter, vega-tooltip\n${licence.replaceAll("*/", "* /")}*/\n${vega}`, forCharts: true },
    { text: extras, forCharts: true },
    { text: page, forCharts: false },
  ].map((script) => ({ ...script, text: withoutEndTag(script.text) }));
  return { style, scripts };
}

function resolve(name: string): string {
  return createRequire(import.meta.url).resolve(name);
}

/**
 * An ECMAScript module as a plain script: pages can't import. These modules import nothing but vega-util, all of which
 * the global `vega` has too.
 */
function inScope(module: string, name: string): string {
  const body = module
    .replace(/^import \{([^}]*)\} from 'vega-util';$/gm, "const {$1} = vega;")
    .replace(/^export \{([^}]*)\};$/m, (_, list: string) => {
      const members = list.split(",").map((item) => {
        const [local, exported = local] = item.trim().split(/\s+as\s+/);
        return `${JSON.stringify(exported)}: ${local}`;
      });
      return `Object.assign(plateauVega, {${members.join(", ")}});`;
    })
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "");
  if (/^\s*(import|export)\b/m.test(body)) {
    throw new ReportError(`Cannot build the report's scripts: ${name} has another form than the version in deno.json`);
  }
  return `(() => {\n${body}\n})();`;
}

/** Text that ends a script element may stand in a string or a regular expression only, where the backslash is nothing. */
function withoutEndTag(script: string): string {
  return script.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}
