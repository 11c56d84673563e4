/** What the kernel calls to show a cell's last value. */
type ShowResult = (count: number, result: unknown) => Promise<void>;

/** A message is signed and sent within this time, in milliseconds, also where every core is busy. */
const LEAVING = 60;
/** Longer ones take longer: milliseconds per million characters. */
const LEAVING_PER_MILLION = 60;

const DISPLAY = Symbol.for("Jupyter.display");

/** Marks a function that waits already. It may be of another copy of this module. */
const WAITS = Symbol.for("Plateau.outputsBeforeEnd");

/**
 * Lets everything that a cell shows leave before the cell is over. Deno's kernel sends outputs and the end of a cell
 * from two loops that don't wait for each other. What comes after the end is lost to nbconvert and papermill, and lands
 * below the next cell in JupyterLab. Does nothing outside of a kernel, in a kernel that is built differently, and the
 * second time.
 */
export function outputsBeforeEnd(): void {
  const { internal } = Deno as unknown as { readonly internal: symbol };
  const kernel = (Deno as unknown as Record<symbol, { jupyter?: { broadcastResult?: ShowResult } }>)[internal]?.jupyter;
  const show = kernel?.broadcastResult;
  if (kernel === undefined || typeof show !== "function" || WAITS in show) return;
  const showAndWait: ShowResult = async (count, result) => {
    let characters = 0;
    await show(count, displays(result) ? { [DISPLAY]: shown } : result);
    await new Promise((resolve) => setTimeout(resolve, LEAVING + LEAVING_PER_MILLION * characters / 1e6));

    async function shown() {
      const bundle = await (result as Displayable)[DISPLAY]();
      characters = JSON.stringify(bundle).length;
      return bundle;
    }
  };
  kernel.broadcastResult = Object.assign(showAndWait, { [WAITS]: true });
}

interface Displayable {
  [DISPLAY](): unknown;
}

function displays(value: unknown): value is Displayable {
  return typeof value === "object" && value !== null && typeof (value as Displayable)[DISPLAY] === "function";
}
