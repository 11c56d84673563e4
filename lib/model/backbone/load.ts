import { basename, dirname, extname, join, resolve } from "node:path";
import { nameOf, reasonOf } from "../own/_file.ts";
import { readArtifacts } from "./_artifacts.ts";
import { assembled } from "./_assembled.ts";
import { bundledBackbone } from "./bundled.ts";
import { cardBeside } from "./_card_file.ts";
import { graphNetwork } from "./_graph_network.ts";
import { completed } from "./_guess.ts";
import { layersNetwork } from "./_layers_network.ts";
import type { Network } from "./_network.ts";
import { type Fault, onnxNetwork } from "./_onnx_network.ts";
import { naturalPictures } from "./_pictures.ts";
import { prepared } from "./_preprocess.ts";
import { SAVED_MODEL, savedModelNetwork } from "./_saved_model_network.ts";
import { passedOn, sized, usualTaps } from "./_taps.ts";
import { type Backbone, BackboneError, type BackboneGuess } from "./types.ts";
import { verify } from "./_verify.ts";

/** Images computed together where the network leaves their number open. */
const BATCH = 8;

/**
 * A pre-trained network from a file:
 *
 * - `.onnx`, of any operator set, with 32- or 16-bit input: run by ONNX Runtime as it is;
 * - `model.json` (or its folder): a layers model or a graph model of TensorFlow.js, run on the current engine;
 * - the folder of a TensorFlow SavedModel, on the engine `tensorflow`.
 *
 * How its pixels are prepared and which of its layers are features, a model card beside it says: `<file>.card.json` or
 * `card.json`, see {@link BackboneCard}. What the card leaves open is guessed, and the network is tried on a few made-up
 * pictures.
 *
 * @param path Empty for the bundled one.
 * @throws BackboneError naming the file, the constraint and what was found.
 * @throws EngineError for a model of TensorFlow.js when no engine is in use yet.
 */
export async function loadBackbone(path: string): Promise<Backbone> {
  if (path === "") return bundledBackbone();
  const file = await fileOf(path);
  const fault: Fault = (what, cause) => new BackboneError(`Cannot use the backbone "${path}": ${what}`, { cause });
  const { card: given, fromPreprocessor } = await cardBeside(file);
  const network = await networkOf(file, fault);
  const { card, guesses: guessed } = await completed(network, given, fault);
  const guesses: readonly BackboneGuess[] = fromPreprocessor.length === 0 ? guessed : [...guessed, {
    entry: fromPreprocessor.join(", "),
    value: "as it says",
    because: "its preprocessor_config.json says so",
    sureness: "sure",
  }];

  // The shapes of all maps, by trying.
  const names = passedOn(network);
  const rows = network.inputShape[0] ?? 1;
  const shape = card.layout === "NHWC" ? [rows, card.size, card.size, 3] : [rows, 3, card.size, card.size];
  const input = prepared(naturalPictures(1, card.size), 1, card, new Float32Array(rows * 3 * card.size ** 2));
  const maps = await network.run(input, shape, names.map((name) => ({ name }))).catch((error) => {
    throw error instanceof BackboneError ? error : fault(`it cannot be run: ${error.message.split("\n")[0]}`, error);
  });
  const available = sized(names, maps);
  const usual = usualTaps(available, network.steps).map(({ node }) => node);
  if (usual.length === 0) throw fault("it must have a layer that gives a map or a row for each image, it has none");
  const taps = given.taps ?? usual;

  const parts = {
    name: nameOf(file),
    path: file,
    network: () => Promise.resolve(network),
    fingerprint: network.fingerprint,
    batch: network.inputShape[0] ?? BATCH,
    card: { ...card, taps },
    available,
    guesses: given.taps ? guesses : [...guesses, {
      entry: "taps",
      value: taps.join(", "),
      because: "the last maps before the classifier are what is usually taken",
      sureness: "likely" as const,
    }],
    verified: [] as string[],
  };
  const verified = await verify(assembled(parts), path);
  return assembled({ ...parts, verified });
}

async function fileOf(path: string): Promise<string> {
  const full = resolve(path);
  const unreadable = (error: unknown) =>
    new BackboneError(`Cannot read the backbone "${path}": ${reasonOf(error)}`, { cause: error });
  const info = await Deno.stat(full).catch((error) => {
    throw unreadable(error);
  });
  if (!info.isDirectory) {
    if ([".onnx", ".json"].includes(extname(full).toLowerCase()) || basename(full) === SAVED_MODEL) return full;
    throw new BackboneError(
      `Cannot use the backbone "${path}": it must be a .onnx file or a model.json, it is ` +
        `${extname(full) === "" ? "a file without extension" : extname(full)}`,
    );
  }
  for (const inside of ["model.json", SAVED_MODEL].map((name) => join(full, name))) {
    if (await Deno.stat(inside).then((entry) => entry.isFile, () => false)) return inside;
  }
  throw new BackboneError(
    `Cannot read the backbone "${path}": a folder must have a model.json or a ${SAVED_MODEL} in it, it has neither`,
  );
}

async function networkOf(file: string, fault: Fault): Promise<Network> {
  if (basename(file) === SAVED_MODEL) return await savedModelNetwork(dirname(file), basename(dirname(file)), fault);
  const bytes = await Deno.readFile(file).catch((error) => {
    throw fault(reasonOf(error), error);
  });
  const hint = basename(file) === "model.json" ? basename(dirname(file)) : basename(file);
  if (extname(file).toLowerCase() === ".onnx") return await onnxNetwork(bytes, hint, fault);
  const artifacts = await readArtifacts(bytes, file, fault);
  return artifacts.format === "layers-model"
    ? await layersNetwork(artifacts, hint, fault)
    : await graphNetwork(artifacts, hint, fault);
}
