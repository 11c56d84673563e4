"""Trains a small network with Keras and writes what Keras writes.

Called with one folder. Reads input.json (size, classes, paths, labels, train, validation) and pixels.bin from it; writes
run.csv (CSVLogger), history.json, model.json (to_json), predictions.csv, and numbers.json: the same numbers once more,
and what NumPy makes of them.
"""

import csv
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

os.chdir(sys.argv[1])
with open("input.json") as file:
    data = json.load(file)
size, classes, labels = data["size"], data["classes"], np.array(data["labels"])
pixels = np.fromfile("pixels.bin", dtype=np.uint8).reshape(-1, size, size, 3).astype("float32")
train, validation = np.array(data["train"]), np.array(data["validation"])

keras.utils.set_random_seed(1)
image = keras.Input((size, size, 3))
x = layers.Rescaling(1 / 255)(image)
x = layers.Conv2D(8, 3, padding="same", kernel_regularizer="l2", kernel_initializer="he_normal")(x)
x = layers.BatchNormalization()(x)
x = layers.LeakyReLU(negative_slope=0.1)(x)
branch = layers.SeparableConv2D(8, 3, padding="same", activation="silu")(x)
x = layers.Add()([x, branch])
x = layers.MaxPooling2D()(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.1)(x)
model = keras.Model(image, layers.Dense(len(classes), activation="softmax")(x))
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
history = model.fit(
    pixels[train],
    labels[train],
    validation_data=(pixels[validation], labels[validation]),
    epochs=14,
    batch_size=8,
    verbose=0,
    callbacks=[keras.callbacks.CSVLogger("run.csv")],
)
with open("history.json", "w") as file:
    json.dump({name: [float(value) for value in values] for name, values in history.history.items()}, file)
with open("model.json", "w") as file:
    file.write(model.to_json())

probabilities = model.predict(pixels[validation], verbose=0)
with open("predictions.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["path", *classes])
    for index, row in zip(validation, probabilities):
        writer.writerow([os.path.join("/home/me/photos", data["paths"][index]), *(float(value) for value in row)])

predicted, truth = probabilities.argmax(axis=1), labels[validation]
matrix = np.zeros((len(classes), len(classes)), dtype=int)
np.add.at(matrix, (truth, predicted), 1)
confidence, right = probabilities.max(axis=1).astype("float64"), predicted == truth
error = 0.0
for low in range(15):
    inside = (confidence > low / 15) & (confidence <= (low + 1) / 15)
    if inside.any():
        error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
with open("numbers.json", "w") as file:
    json.dump(
        {
            "history": {name: [float(value) for value in values] for name, values in history.history.items()},
            "probabilities": [[float(value) for value in row] for row in probabilities],
            "confusion": matrix.tolist(),
            "calibrationError": error,
            "layers": [[layer.__class__.__name__, list(layer.output.shape[1:])] for layer in model.layers],
            "parameters": model.count_params(),
            "weights": {
                layer.name: [[list(value.shape), value.astype(float).ravel().tolist()] for value in layer.get_weights()]
                for layer in model.layers
                if layer.get_weights()
            },
        },
        file,
    )
