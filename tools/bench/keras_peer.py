"""Keras on TensorFlow as a peer: lines of JSON, as in process_peer.ts."""
import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy
import tensorflow as tf

L = keras.layers


def apply(t, layer, last=False):
    kind = layer["type"]
    if kind == "conv":
        return L.Conv2D(layer["filters"], layer["kernel"], layer.get("stride", 1), "valid" if layer.get("valid") else "same",
                        use_bias=layer.get("bias", False), activation="relu" if layer.get("relu") else None)(t)
    if kind == "depthwise":
        return L.DepthwiseConv2D(layer["kernel"], layer.get("stride", 1), "same", use_bias=False)(t)
    if kind == "dense":
        return L.Dense(layer["units"], activation="softmax" if last else None)(t)
    if kind == "residual":
        main = t
        for inner in layer["layers"]:
            main = apply(main, inner)
        skip = L.Conv2D(layer["filters"], 1, layer["stride"], use_bias=False)(t) if "filters" in layer else t
        return L.Add()([main, skip])
    return {"norm": lambda: L.BatchNormalization(momentum=0.9), "relu": L.ReLU, "pool": lambda: L.MaxPooling2D(2),
            "average": L.GlobalAveragePooling2D, "flatten": L.Flatten}[kind]()(t)


def prepare(case):
    keras.utils.set_random_seed(0)
    inputs = t = keras.Input(case["input"])
    for i, layer in enumerate(case["layers"]):
        t = apply(t, layer, i == len(case["layers"]) - 1)
    model = keras.Model(inputs, t)
    x = tf.random.uniform([case["batch"], *case["input"]])
    y = tf.one_hot(numpy.arange(case["batch"]) % 16, 16)
    if case["mode"] == "infer":
        infer = tf.function(lambda: model(x, training=False))
        return lambda: infer().numpy()
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy")
    return lambda: model.train_on_batch(x, y)


step = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if "prepare" in request:
            step = prepare(request["prepare"])
            step(), step()
            answer = {"version": keras.__version__}
        else:
            step()
            start = time.perf_counter()
            for _ in range(request["measure"]):
                step()
            answer = {"ms": (time.perf_counter() - start) * 1e3 / request["measure"]}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
