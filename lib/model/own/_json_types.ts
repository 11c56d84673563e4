/** An object as JSON has it. */
export type JsonObject = { [key: string]: unknown };

/** A model or layer as TensorFlow.js deserialises it. */
export interface Topology {
  readonly className: string;
  readonly config: Record<string, unknown>;
}

/** Makes an error of a clause that says what is wrong. */
export type Fault = (what: string, cause?: unknown) => Error;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
