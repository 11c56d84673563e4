/**
 * Files that appear whole, and where the workbench keeps what it generates.
 *
 * @module
 */
export { cacheRoot, projectRoot } from "./roots.ts";
export { FileError, sweep, temporaryName, writeWhole } from "./whole.ts";
