export { draw } from "./draw.ts";
export { type Found, Search } from "./found.ts";
export { type Importance, type Importances, importances } from "./importance.ts";
export { trialRecipe } from "./recipe.ts";
export { search, type SearchOptions } from "./search.ts";
export { SearchSpace, searchSpace } from "./space.ts";
export type { Evaluate, Parameter, Setting, Settings, TrialJob, TrialOutcome } from "./types.ts";
