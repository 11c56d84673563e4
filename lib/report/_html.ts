/** Data for a page's scripts. Nothing in it can end the element: `<` is written as an escape. */
export function jsonBlock(id: string, value: unknown): string {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  return `<script type="application/json" id="${id}">${json}</script>`;
}

/** A number of something: "1 error", "2 errors". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "24 November 2026, 14:05", in UTC. */
export function dateText(iso: string): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  });
  return `${format.format(new Date(iso)).replace(" at ", ", ")} UTC`;
}
