import { Group } from "../../display/mod.ts";
import { type Backbone, bundledBackbone } from "../../model/mod.ts";
import { openBackbone, OpenedBackbone } from "./opened.ts";

/** The pre-trained networks that were asked for, each ready or with the reason why it is not. */
export class OpenedBackbones extends Group {
  constructor(readonly opened: readonly OpenedBackbone[]) {
    super(...opened);
  }

  /** Those that can be used, in the order in which they were asked for; without the bundled one unless it was named. */
  get usable(): Backbone[] {
    return this.opened.flatMap(({ asked, backbone }) => asked === "" || backbone === null ? [] : [backbone]);
  }

  /** The first that can be used, else the bundled one. */
  get first(): Backbone {
    return this.usable[0] ?? bundledBackbone();
  }
}

/**
 * {@link openBackbone} for several: `asked` names them with a comma between; empty for the bundled one alone.
 *
 * @throws EngineError when no engine is in use yet.
 */
export async function openBackbones(asked: string): Promise<OpenedBackbones> {
  const opened: OpenedBackbone[] = [];
  for (const one of asked.split(",")) opened.push(await openBackbone(one.trim()));
  return new OpenedBackbones(opened);
}
