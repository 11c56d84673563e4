/** What of Deno's Jupyter API is used here. */
export interface JupyterApi {
  broadcast(type: string, content: Record<string, unknown>): Promise<void>;
}

/** The Jupyter API, inside a Jupyter kernel; elsewhere asking for it throws. */
export function jupyterApi(): JupyterApi | null {
  try {
    const api = (Deno as unknown as { jupyter?: JupyterApi }).jupyter;
    return typeof api?.broadcast === "function" ? api : null;
  } catch {
    return null;
  }
}
