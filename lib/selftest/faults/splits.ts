import type { Fault } from "../types.ts";

/** Keras's `validation_split` on images that come folder by folder. Nobody tells the lint what their order is. */
export const validationOffTheEnd: Fault = {
  name: "validation-off-the-end",
  what: "validation_split takes the end of images that come class by class",
  looks: ["lint"],
  expects: ["validation-off-the-end"],
  plantSetting: (setting) => ({ ...setting, validationSplit: { share: 0.25, fromEnd: true } }),
};
