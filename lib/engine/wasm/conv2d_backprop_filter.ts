import * as tf from "@tensorflow/tfjs-core";

/**
 * The gradient of a convolution with respect to its filter, made of kernels that the wasm backend has: for each tap of
 * the filter, the image that this tap saw times the gradient of the output.
 */
export const conv2dBackpropFilter: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, dy } = inputs as Record<"x" | "dy", tf.Tensor4D>;
  // deno-lint-ignore no-explicit-any
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs as any;
  if (dataFormat === "NCHW") throw new Error("Cannot run Conv2DBackpropFilter: the channels must come last");
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, padInfo } = info;
  const { batchSize, inChannels, outChannels } = info;
  const rows = batchSize * outHeight * outWidth;

  const gradient = tf.tidy(() => {
    const image = tf.pad(tensorOf(x) as tf.Tensor4D, [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ]);
    const output = tf.reshape(tensorOf(dy), [rows, outChannels]);
    const taps: tf.Tensor[] = [];
    for (let top = 0; top < filterHeight; top++) {
      for (let left = 0; left < filterWidth; left++) {
        const bottom = top + (outHeight - 1) * strideHeight + 1;
        const right = left + (outWidth - 1) * strideWidth + 1;
        const steps = [1, strideHeight, strideWidth, 1];
        const seen = tf.stridedSlice(image, [0, top, left, 0], [batchSize, bottom, right, inChannels], steps);
        taps.push(tf.matMul(tf.reshape(seen, [rows, inChannels]), output as tf.Tensor2D, true));
      }
    }
    return tf.reshape(tf.stack(taps), filterShape);
  });
  // The caller takes over the data, so the tensor made here must not release it.
  (backend as tf.KernelBackend).incRef(gradient.dataId);
  const { dataId, shape, dtype } = gradient;
  gradient.dispose();
  return { dataId, shape, dtype };
};

/** A kernel may get bare tensor infos; operations want tensors, which release their data when their scope ends. */
function tensorOf(info: tf.TensorInfo): tf.Tensor {
  if (info instanceof tf.Tensor) return info;
  const tensor = tf.engine().makeTensorFromTensorInfo(info);
  tf.backend().incRef(info.dataId);
  return tensor;
}
