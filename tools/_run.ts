/** Runs deno with these arguments, output passed through. @returns Whether it ended well. */
export async function deno(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("deno", { args, stdin: "null" }).spawn().status;
  return success;
}

/** Runs deno and shows what it printed when it has ended, in one piece. @returns Whether it ended well. */
export async function denoAtOnce(...args: string[]): Promise<boolean> {
  const { success, stdout, stderr } = await new Deno.Command("deno", { args, stdin: "null" }).output();
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
  return success;
}

/** Paths of all files below `folder` that end with `ending`, sorted. */
export async function filesBelow(folder: string, ending: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesBelow(path, ending));
    else if (entry.name.endsWith(ending)) found.push(path);
  }
  return found.sort();
}
