import { findProgram } from "./_programs.ts";

/** A network with nobody in it but this machine. */
export interface OtherNetwork {
  /** Where this machine is, seen from there. */
  readonly host: string;
  /** What starts a program there, which follows it. */
  readonly through: readonly string[];
}

/**
 * Network namespaces of Linux, each joined to this machine by a cable of its own, while `body` runs; none where they
 * cannot be made.
 */
export async function withNetworks(
  count: number,
  body: (networks: readonly OtherNetwork[]) => Promise<void>,
): Promise<void> {
  const names: string[] = [];
  const networks: OtherNetwork[] = [];
  try {
    if (Deno.build.os === "linux" && findProgram("ip") !== null) {
      for (let i = 0; i < count; i++) {
        const [name, here, there] = [
          `plateau${Deno.pid}-${i}`,
          `plq${Deno.pid % 10_000}h${i}`,
          `plq${Deno.pid % 10_000}n${i}`,
        ];
        const [host, guest] = [4 * i + 1, 4 * i + 2].map((n) => `10.231.${Deno.pid % 256}.${n}`);
        if (!await ip("netns", "add", name)) break;
        names.push(name);
        const made = await ip("link", "add", here, "type", "veth", "peer", "name", there) &&
          await ip("link", "set", there, "netns", name) && await ip("addr", "add", `${host}/30`, "dev", here) &&
          await ip("link", "set", here, "up") &&
          await ip("netns", "exec", name, "ip", "addr", "add", `${guest}/30`, "dev", there) &&
          await ip("netns", "exec", name, "ip", "link", "set", there, "up");
        if (!made) break;
        networks.push({ host, through: ["ip", "netns", "exec", name] });
      }
    }
    await body(networks.length === count ? networks : []);
  } finally {
    for (const name of names) await ip("netns", "delete", name); // the cable goes with it
  }
}

async function ip(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("ip", { args, stdout: "null", stderr: "null" }).output();
  return success;
}
