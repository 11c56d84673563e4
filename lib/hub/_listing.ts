import { HubError } from "./errors.ts";
import { asked, type Source } from "./_fetched.ts";

/** A file of a network, as the hub lists it. */
export interface Listed {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of a large file; of a small one git's SHA-1. */
  readonly hash: { readonly kind: "sha256" | "git"; readonly value: string };
}

export interface Listing {
  /** The commit, so that all files are of one state. */
  readonly revision: string;
  readonly files: readonly Listed[];
  /** As its page states it; empty where it does not. */
  readonly licence: string;
}

/** What a network on the hub is made of. */
export async function listing(source: Source, owner: string, name: string): Promise<Listing> {
  const response = await asked(source, `${source.hub}/api/models/${owner}/${name}?blobs=true`);
  const json = await response.json().catch(() => null) as {
    sha?: string;
    cardData?: { license?: unknown };
    siblings?: { rfilename: string; size?: number; blobId?: string; lfs?: { sha256?: string; oid?: string } }[];
  } | null;
  if (typeof json?.sha !== "string" || !/^[\w.-]+$/.test(json.sha) || !Array.isArray(json.siblings)) {
    throw new HubError(
      `Cannot download the backbone "${source.subject}": ${source.hub} answers in another way than expected`,
    );
  }
  const files = json.siblings.flatMap(({ rfilename: path, size, blobId, lfs }): Listed[] => {
    const sha256 = lfs?.sha256 ?? lfs?.oid;
    const hash = sha256 ? { kind: "sha256" as const, value: sha256 } : { kind: "git" as const, value: blobId ?? "" };
    // A name that would lead out of the folder is nobody's model.
    const safe = !path.startsWith("/") && !path.includes("\\") && !path.split("/").includes("..");
    return safe && typeof size === "number" && hash.value !== "" ? [{ path, size, hash }] : [];
  });
  const licence = json.cardData?.license;
  return { revision: json.sha, files, licence: typeof licence === "string" ? licence : "" };
}
