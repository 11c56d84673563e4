import type { FeatureMap } from "../../model/mod.ts";
import type { SoftmaxRegression } from "../../train/mod.ts";
import { type HeatMap, scaled } from "./heat_map.ts";

/**
 * Where in an image a linear classifier of averaged maps sees a class: class activation mapping (Zhou et al. 2016), which
 * for such a classifier is what Grad-CAM (Selvaraju et al. 2017) computes. Each map is weighted with the class's weights
 * less the mean of all classes, as only differences between classes count.
 *
 * Where all maps are of one size it is exact: the mean over the map is the class's score, but for its bias. Smaller maps
 * are drawn out to the size of the largest.
 *
 * @param maps Of one image, tap by tap, as `Backbone.maps` gives them.
 * @param head On the averages of the taps, each scaled to length 1, in the same order.
 * @param label The class.
 * @throws RangeError where the head is not of these maps.
 *
 * Zhou, Khosla, Lapedriza, Oliva and Torralba (2016), Learning deep features for discriminative localization. CVPR 2016,
 * 2921–2929. Selvaraju et al. (2017), Grad-CAM: visual explanations from deep networks. ICCV 2017, 618–626.
 */
export function classActivation(maps: readonly FeatureMap[], head: SoftmaxRegression, label: number): HeatMap {
  const { weights, classes, dimensions } = head;
  const all = maps.reduce((sum, { channels }) => sum + channels, 0);
  if (all !== dimensions) {
    throw new RangeError(`Cannot map a class: the head reads ${dimensions} features, the maps have ${all} channels`);
  }
  const rows = Math.max(...maps.map(({ height }) => height)), columns = Math.max(...maps.map(({ width }) => width));
  const sum = new Float32Array(rows * columns);
  let offset = 0;
  for (const { height, width, channels, values } of maps) {
    const area = height * width;
    const weight = Float64Array.from({ length: channels }, (_, channel) => {
      const at = offset + channel;
      let mean = 0;
      for (let k = 0; k < classes; k++) mean += weights[k * dimensions + at] / classes;
      return weights[label * dimensions + at] - mean;
    });
    const means = new Float64Array(channels), map = new Float32Array(area);
    for (let place = 0; place < area; place++) {
      let score = 0;
      for (let channel = 0; channel < channels; channel++) {
        const value = values[place * channels + channel];
        means[channel] += value / area;
        score += value * weight[channel];
      }
      map[place] = score;
    }
    const length = Math.hypot(...means) || 1;
    const drawn = scaled({ height, width, values: map }, rows, columns).values;
    for (let place = 0; place < sum.length; place++) sum[place] += drawn[place] / length;
    offset += channels;
  }
  return { height: rows, width: columns, values: sum };
}
