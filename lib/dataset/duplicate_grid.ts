import { formatNumber, type GridImage, ImageGrid } from "../display/mod.ts";
import { Audit } from "./audit_facts.ts";
import { audit } from "./audit.ts";
import { Dataset } from "./dataset.ts";

/** Pixels of a picture in the grid: sharp enough for screens with two pixels to a point. */
const THUMBNAIL = 128;

interface Row {
  readonly label: string;
  readonly paths: readonly string[];
}

/**
 * Pictures that are there twice, or nearly so, side by side: one row per pair or set, those with different labels first.
 * Sealed images are not shown, only counted: the test set stays unseen until the verdict.
 *
 * @param of A data set, which is then audited, or its audit, where there is one already.
 * @param options `most`: rows, 12 by default.
 */
export async function duplicateGrid(
  of: Dataset | Audit,
  { most = 12 }: { readonly most?: number } = {},
): Promise<ImageGrid> {
  const { source: { dataset, sealed }, duplicates, nearDuplicates } = of instanceof Dataset ? await audit(of) : of;
  const place = new Map(dataset.records.map(({ path }, i) => [path, i]));
  const hidden = new Set(sealed);
  const shown = (paths: readonly string[]) => paths.filter((path) => !hidden.has(place.get(path)!));
  const { acrossClasses, trainAndValidation, sameClass } = nearDuplicates;
  const all: Row[] = [
    ...[...new Set(Object.values(duplicates).flat())].map(({ paths }) => ({ label: "the same", paths: shown(paths) })),
    ...[...acrossClasses, ...trainAndValidation, ...sameClass].map(({ paths, alike }) => ({
      label: `alike: ${formatNumber(alike, 3)}`,
      paths,
    })),
  ].filter(({ paths }) => paths.length > 1);
  const classesOf = ({ paths }: Row) => new Set(paths.map((path) => dataset.records[place.get(path)!].label)).size;
  const rows = all.toSorted((a, b) => classesOf(b) - classesOf(a)).slice(0, most);
  const crossing = duplicates.developmentAndTest.length + nearDuplicates.developmentAndTest.length;
  const title = rows.length === 0
    ? "No pictures outside of the test set are (nearly) the same"
    : `Pictures that are (nearly) the same${all.length > rows.length ? ` (${rows.length} of ${all.length} sets)` : ""}`;
  return new ImageGrid({
    title: title +
      (crossing === 0
        ? ""
        : `; ${crossing} with a copy in the sealed test set ${
          crossing === 1 ? "is" : "are"
        } named in the audit, not shown`),
    alt: `${rows.length} sets of pictures that are the same or nearly so`,
    rows: await Promise.all(rows.map(async ({ label, paths }) => ({
      label,
      images: await Promise.all(paths.slice(0, 6).map((path) => pictureOf(dataset, path, place.get(path)!))),
    }))),
  });
}

async function pictureOf(dataset: Dataset, path: string, image: number): Promise<GridImage> {
  const name = dataset.classes[dataset.records[image].label];
  return {
    src: await dataset.thumbnail(image, THUMBNAIL),
    mime: "image/jpeg",
    alt: `${name}: ${path}`,
    caption: name,
  };
}
