/**
 * Pre-trained networks from Hugging Face: downloaded once, when a person asks for it, and kept.
 *
 * @module
 */
export { download, type DownloadProgress } from "./download.ts";
export { HubError } from "./errors.ts";
export { downloaded, isReference, type Reference, reference } from "./reference.ts";
