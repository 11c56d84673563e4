/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export {
  type Evaluate,
  type Found,
  type Importances,
  search,
  Search,
  type SearchOptions,
  SearchSpace,
  searchSpace,
  type Settings,
} from "./search/mod.ts";
