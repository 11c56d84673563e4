import type { Attribute } from "../lowering/edge.ts";

/** An AttributeProto. Of its AttributeType: FLOAT 1, INT 2, STRING 3, INTS 7. */
export function attribute(name: string, value: Attribute): object {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}

/** The same of a graph, given as bytes: GRAPH 5. */
export function graphAttribute(name: string, graph: Uint8Array): object {
  return { name, type: 5, g: graph };
}
