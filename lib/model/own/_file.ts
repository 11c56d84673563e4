import { basename, dirname, extname, join, resolve } from "node:path";
import { ModelError } from "../errors.ts";

const SCRIPTS = [".ts", ".js", ".mts", ".mjs"];

/** The file that is meant: that itself, or the `model.json` of a folder. */
export async function fileOf(path: string): Promise<string> {
  const full = resolve(path);
  const info = await Deno.stat(full).catch((error) => {
    throw new ModelError(`Cannot read the model "${path}": ${reasonOf(error)}`, { cause: error });
  });
  if (info.isDirectory) {
    const inside = join(full, "model.json");
    if (await Deno.stat(inside).then((file) => file.isFile, () => false)) return inside;
    throw new ModelError(`Cannot read the model "${path}": a folder must have a model.json in it, it has none`);
  }
  const extension = extname(full).toLowerCase();
  if (extension === ".json" || SCRIPTS.includes(extension)) return full;
  throw new ModelError(
    `Cannot use the model "${path}": it must be a .ts or .js file or a model.json, it is ` +
      `${extension === "" ? "a file without extension" : extension}. ${remedyFor(extension)}`.trimEnd(),
  );
}

function remedyFor(extension: string): string {
  if ([".keras", ".h5", ".hdf5"].includes(extension)) {
    return 'Write its architecture in Python: open("model.json", "w").write(model.to_json())';
  }
  if (extension === ".py") return 'Write what it builds in Python: open("model.json", "w").write(model.to_json())';
  return "";
}

/** "my-cnn" for my-cnn.ts, the folder's name for a model.json; never that of one of the workbench's own models. */
export function nameOf(file: string): string {
  const stem = basename(file) === "model.json" ? basename(dirname(file)) : basename(file, extname(file));
  const plain = stem.normalize("NFC").replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^-+|-+$/g, "") || "model";
  return /^(thread-cnn|thread-cnn-as-posted|small-cnn)$/.test(plain) ? `own-${plain}` : plain;
}

export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return (error as Error).message;
}
