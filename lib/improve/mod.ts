/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export { frozenFeatures, type Learner, networkFromNothing } from "./more_data/learner.ts";
export { checkNetworkWithReserve, moreDataForNetwork } from "./more_data/network.ts";
export { moreData, type MoreDataOptions } from "./more_data/more_data.ts";
export { NotDone } from "./more_data/not_done.ts";
export { checkWithReserve, type ReserveOptions } from "./more_data/reserve_check.ts";
export { type Arm, ReserveCheck, type ReserveFacts, type Way } from "./more_data/reserve_result.ts";
export { MoreDataScope, moreDataScope } from "./more_data/scope.ts";
export { SizeCurve, type SizeFacts } from "./more_data/size_curve.ts";
export { type Half, type Halves, ThingsOrPictures, thingsOrPictures } from "./more_data/things_or_pictures.ts";
