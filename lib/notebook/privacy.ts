/**
 * Takes away, for good, the permissions to use the network, to import code from it and to start programs, from
 * everything that runs in this process after it. Deno's Jupyter kernel starts with all permissions, so this comes first
 * in every notebook.
 *
 * What this promises: no TypeScript or JavaScript in the kernel, ours or a dependency's, reaches any host or starts a
 * program, in Workers too. It still reads and writes files.
 *
 * What it cannot promise: native code is outside Deno's permissions. That is the add-ons in use (sharp, ONNX Runtime;
 * they have no reason to use the network) and, as long as `ffi` is not revoked, whatever a cell opens with
 * `Deno.dlopen`. Only the operating system can hold those (`unshare -rn sh -c 'ip link set lo up; deno task report'`, on Linux). Deno itself
 * may still download an npm package that an import names and its cache lacks.
 *
 * @param options.ffi Also forbid loading further native libraries. Those loaded by then go on working, here and in
 * Workers that have them already.
 */
export function lock(options: { readonly ffi?: boolean } = {}): void {
  const names = ["net", "import", "run", ...(options.ffi ? ["ffi"] : [])];
  for (const name of names) Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);
}

/** Whether this code runs in a Jupyter kernel. */
export function insideKernel(): boolean {
  try {
    return typeof (Deno as unknown as { jupyter?: unknown }).jupyter === "object";
  } catch {
    return false; // elsewhere, asking for it throws
  }
}
