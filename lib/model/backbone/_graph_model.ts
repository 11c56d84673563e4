import type { GraphModel } from "@tensorflow/tfjs-converter";
import { fileURLToPath } from "node:url";
import { BackboneError } from "./types.ts";

/** What of a tfjs graph model's JSON is looked at. */
interface ModelJson {
  readonly format: string;
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly unknown[] }[];
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: { shape?: { shape: { dim: readonly { size: string }[] } } };
}

/**
 * Loads a tfjs graph model from files, with an input of any batch and any size: convolutions do not mind, though the
 * model was frozen at one.
 *
 * @param json The model's description; the file of weights that it names lies beside it.
 */
export async function loadGraphModel(json: URL): Promise<GraphModel> {
  return (await loadGraph(json)).model;
}

/** The same, with the nodes of its graph. */
export async function loadGraph(
  json: URL,
): Promise<{ readonly model: GraphModel; readonly nodes: ModelJson["modelTopology"]["node"] }> {
  const description = JSON.parse(new TextDecoder().decode(await read(json))) as ModelJson;
  for (const { op, attr } of description.modelTopology.node) {
    if (op === "Placeholder" && attr?.shape) {
      attr.shape.shape = { dim: ["-1", "-1", "-1", "3"].map((size) => ({ size })) };
    }
  }
  const weightSpecs = description.weightsManifest.flatMap(({ weights }) => weights);
  const paths = description.weightsManifest.flatMap(({ paths }) => paths);
  const parts = await Promise.all(paths.map((path) => read(new URL(path, json))));
  const weightData = await new Blob(parts).arrayBuffer();
  // Loaded when wanted: most of the workbench needs no converter.
  const converter = await import("@tensorflow/tfjs-converter");
  const { format, modelTopology } = description;
  // The signature is left out: it would insist on the frozen size, and nodes are asked for by name.
  const artifacts = { format, modelTopology, weightSpecs, weightData };
  const model = await converter.loadGraphModel({ load: () => Promise.resolve(artifacts as never) });
  return { model, nodes: modelTopology.node };
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(url);
  } catch (error) {
    throw new BackboneError(
      `Cannot read the weights "${fileURLToPath(url).split("/").at(-1)}" of the package @vladmandic/human: ` +
        `${(error as Error).message.replace(/[:,] \w+ '.*$/s, "")}; \`deno install\` fetches it again`,
      { cause: error },
    );
  }
}
