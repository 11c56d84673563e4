/** Which page of the documentation is about what went wrong, by the name of the error. */
const PAGES: Readonly<Record<string, string>> = {
  DatasetError: "docs/own-data.md",
  ModelError: "docs/own-model.md",
  DiagnosisError: "docs/own-model.md",
  BackboneError: "docs/backbones.md",
  HubError: "docs/backbones.md",
  TensorFlowError: "docs/engines.md",
  WebGpuError: "docs/engines.md",
  NotebookError: "docs/notebooks.md",
  QueueError: "docs/many-machines.md",
  PipelineError: "docs/predict-and-export.md",
};

/** Where somebody reads on whom an error has stopped; null where no page helps. */
export function pageFor(error: unknown): string | null {
  const page = error instanceof Error ? PAGES[error.name] : undefined;
  return page === undefined ? null : `${page} says more.`;
}
