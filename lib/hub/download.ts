import { basename, dirname, join, posix } from "node:path";
import { writeWhole } from "../files/mod.ts";
import { HubError } from "./errors.ts";
import { fetched, type Source } from "./_fetched.ts";
import { type Listed, listing } from "./_listing.ts";
import { DONE, FAILED, type Reference, reference } from "./reference.ts";

/** How far a download is. */
export interface DownloadProgress {
  readonly file: string;
  /** Bytes of all files. */
  readonly done: number;
  readonly total: number;
}

/** Where models are; another address in tests, or for a mirror. */
const HUB = "https://huggingface.co";

/** Models that are taken, the best first. */
const MODELS = ["onnx/model.onnx", "model.onnx", "model.json", "web_model/model.json", "tfjs/model.json"];

/** Says how pixels are prepared. */
const PREPROCESSOR = "preprocessor_config.json";

/**
 * Downloads a network from Hugging Face: `onnx/model.onnx` or `model.json`, with what says how its pixels are prepared.
 * A download that was stopped goes on where it was; every file is checked against the hash that the hub lists.
 *
 * Needs the network: only the command that a person starts for this has the permission.
 *
 * @param text "hf:OWNER/NAME".
 * @param options.onProgress Called as bytes come in.
 * @returns The model's file.
 * @throws HubError naming the network and what went wrong.
 */
export async function download(
  text: string,
  options: { readonly onProgress?: (progress: DownloadProgress) => void } = {},
): Promise<string> {
  const wanted = reference(text);
  try {
    const path = await downloadAll(wanted, options.onProgress ?? (() => {}));
    await Deno.remove(join(wanted.folder, FAILED)).catch(() => {});
    return path;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    await writeWhole(join(wanted.folder, FAILED), error.message).catch(() => {});
    throw error;
  }
}

async function downloadAll(
  { text, owner, name, folder }: Reference,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const hub = (Deno.env.get("PLATEAU_HUB") || HUB).replace(/\/+$/, "");
  const source: Source = { hub, subject: text };
  const { revision, files, licence } = await listing(source, owner, name);
  const model = MODELS.find((path) => files.some((file) => file.path === path)) ?? onlyOnnx(files);
  if (model === undefined) {
    throw new HubError(
      `Cannot download the backbone "${text}": it must have ${
        MODELS.slice(0, 3).join(", ")
      } or one .onnx file, it has ` +
        `${
          files.map(({ path }) => path).filter((path) => /\.(onnx|json|safetensors|bin|h5|pt)$/.test(path)).slice(0, 5)
            .join(", ") || "none"
        }`,
    );
  }
  const named = (path: string) => files.filter((file) => file.path === path);
  let queue = [...named(model), ...named(PREPROCESSOR)];
  let total = queue.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const take = async (file: Listed) => {
    const address = `${hub}/${owner}/${name}/resolve/${revision}/${
      file.path.split("/").map(encodeURIComponent).join("/")
    }`;
    // Beside the model, as a card is: wherever it lies on the hub.
    const target = join(
      folder,
      revision,
      file.path === PREPROCESSOR ? posix.join(dirname(model), file.path) : file.path,
    );
    await fetched(source, address, file, target, (done) => onProgress({ file: file.path, done: before + done, total }));
    before += file.size;
    return target;
  };
  const path = await take(queue[0]);
  if (basename(model) === "model.json") {
    const weights = await weightsOf(path, text);
    const shards = weights.map((name) => {
      const [file] = named(posix.join(dirname(model), name));
      if (file === undefined) {
        throw new HubError(`Cannot download the backbone "${text}": it lacks its weights ${name}`);
      }
      return file;
    });
    total += shards.reduce((sum, { size }) => sum + size, 0);
    queue = [...queue, ...shards];
  }
  for (const file of queue.slice(1)) await take(file);
  await writeWhole(
    join(dirname(path), "card.json"),
    JSON.stringify({ description: `${name} by ${owner}, from Hugging Face.`, licence: licence || "not stated" }),
  );
  await writeWhole(join(folder, DONE), JSON.stringify({ model: posix.join(revision, model), revision }));
  return path;
}

function onlyOnnx(files: readonly Listed[]): string | undefined {
  const found = files.filter(({ path }) => path.endsWith(".onnx"));
  return found.length === 1 ? found[0].path : undefined;
}

async function weightsOf(path: string, text: string): Promise<string[]> {
  try {
    const { weightsManifest } = JSON.parse(await Deno.readTextFile(path)) as {
      weightsManifest: { paths: string[] }[];
    };
    return weightsManifest.flatMap(({ paths }) => paths);
  } catch (error) {
    throw new HubError(`Cannot download the backbone "${text}": its model.json names no weights`, { cause: error });
  }
}
