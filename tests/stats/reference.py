"""Makes reference.json: what scikit-learn, SciPy and statsmodels say about the same numbers.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install \
        numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 scikit-learn==1.9.1 krippendorff==0.9.0
    /tmp/reference/bin/python tests/stats/reference.py && deno fmt tests/stats/reference.json
"""
import json
import pathlib

import krippendorff
import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import optimize, stats
from sklearn import calibration, metrics
from statsmodels.stats import inter_rater, multitest, proportion

rng = np.random.default_rng(4)
K, N = 4, 80

# Predictions of an overconfident model on classes of uneven size; class 3 is rare.
labels = rng.choice(K, N, p=[0.4, 0.3, 0.25, 0.05])
logits = 2.5 * rng.normal(size=(N, K))
logits[np.arange(N), labels] += 2.0
probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
probabilities = np.round(probabilities, 6)
probabilities[:, 0] = np.round(1 - probabilities[:, 1:].sum(axis=1), 6)
predictions = probabilities.argmax(axis=1)
correct = predictions == labels
confidence = probabilities.max(axis=1)

precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predictions, labels=range(K))
BINS = 15
share_right, mean_confidence = calibration.calibration_curve(correct, confidence, n_bins=BINS, strategy="uniform")
in_bin = np.histogram(np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence), bins=np.arange(BINS + 1))[0]
ece = float((in_bin[in_bin > 0] / N * np.abs(share_right - mean_confidence)).sum())


def scaled(temperature):
    powers = np.maximum(probabilities, 1e-12) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


temperature = optimize.minimize_scalar(
    lambda t: metrics.log_loss(labels, scaled(t), labels=range(K)), bounds=(0.05, 20), method="bounded",
    options={"xatol": 1e-12},
).x

rater = np.where(rng.random(N) < 0.6, labels, rng.choice(K, N))

# Bootstrap of a skewed metric; the resamples are kept so that the bounds can be compared exactly.
skewed = np.round(rng.exponential(size=25), 3)
boots = {}
for method in ("percentile", "BCa"):
    result = stats.bootstrap((skewed,), np.std, n_resamples=300, method=method, rng=np.random.default_rng(5))
    boots[method] = list(result.confidence_interval)
    boots["values"] = result.bootstrap_distribution.tolist()
boots["jackknife"] = [float(np.std(np.delete(skewed, i))) for i in range(len(skewed))]
many = stats.bootstrap((skewed,), np.std, n_resamples=200_000, method="BCa", rng=np.random.default_rng(6))


# The corrected t-test as scikit-learn's example "Statistical comparison of models using grid search" writes it.
def corrected_std(differences, n_train, n_test):
    kr = len(differences)
    corrected_var = np.var(differences, ddof=1) * (1 / kr + n_test / n_train)
    return np.sqrt(corrected_var)


def folds(count, n_train, n_test):
    a = np.round(0.4 + 0.05 * rng.normal(size=count), 4)
    b = np.round(a + 0.03 + 0.04 * rng.normal(size=count), 4)
    differences = b - a
    t = float(differences.mean() / corrected_std(differences, n_train, n_test))
    low, high = stats.t.interval(0.95, count - 1, loc=a.mean(), scale=corrected_std(a, n_train, n_test))
    return {
        "a": a.tolist(), "b": b.tolist(), "train": n_train, "test": n_test,
        "variance": float(corrected_std(a, n_train, n_test) ** 2),
        "interval": [float(low), float(high)],
        "t": t, "p": float(2 * stats.t.sf(abs(t), count - 1)),
    }


counts = rng.multinomial(6, [0.5, 0.3, 0.2], size=30)
answers = rng.choice(3, size=(4, 20)).astype(float)
answers[1:] = np.where(rng.random((3, 20)) < 0.6, answers[0], answers[1:])
answers[rng.random((4, 20)) < 0.3] = np.nan
ps = [0.01, 0.04, 0.03, 0.005, 0.2, 0.04]


def needed(half_width, share, level):
    """The first number whose Wilson interval, with as many right as expected, is narrow enough, by trying them all."""
    n = 1
    while True:
        low, high = proportion.proportion_confint(share * n, n, 1 - level, method="wilson")
        if (high - low) / 2 <= half_width:
            return n
        n += 1


# Cross-validation: 24 groups of 3 to 6 images, each of one class, right or wrong together more often than not.
folds_rng = np.random.default_rng(7)
FOLDS, GROUPS = 5, 24
group_of = np.repeat(np.arange(GROUPS), folds_rng.integers(3, 7, GROUPS))
class_of = np.array([g % 3 for g in group_of])
chance = folds_rng.beta(1, 1, GROUPS)
first = folds_rng.random(len(group_of)) < chance[group_of]
second = np.where(folds_rng.random(len(group_of)) < 0.7, first, folds_rng.random(len(group_of)) < 0.75)


def stratified_variance(values):
    """Of a mean over groups drawn class by class, linearised (Cochran 1977, Sampling techniques, section 6.12)."""
    total = 0.0
    for label in range(3):
        drawn = [g for g in range(GROUPS) if g % 3 == label]
        share = values[class_of == label].mean()
        residuals = np.array([(values[group_of == g] - share).sum() for g in drawn])
        total += len(drawn) / (len(drawn) - 1) * (residuals**2).sum()
    return total / len(values) ** 2


def cross_validated():
    inflation = 1 + FOLDS / (FOLDS - 1)
    degrees = GROUPS - 3
    shrink = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, degrees)) ** 2
    p = first.mean()
    effective = p * (1 - p) / (stratified_variance(first.astype(float)) * inflation) * shrink
    differences = second.astype(float) - first
    error = np.sqrt(stratified_variance(differences) * inflation)
    return {
        "labels": class_of.tolist(), "groups": group_of.tolist(), "folds": FOLDS,
        "a": first.tolist(), "b": second.tolist(),
        "accuracy": [float(x) for x in proportion.proportion_confint(p * effective, effective, 0.05, method="wilson")],
        "difference": [float(x) for x in stats.t.interval(0.95, degrees, loc=differences.mean(), scale=error)],
        "p": float(2 * stats.t.sf(abs(differences.mean()) / error, degrees)),
    }


def bias_corrected():
    """Algorithm 5 of Tsamardinos, Greasidou and Borboudakis (2018), written out; enough resamples to settle 3 digits."""
    configurations = np.stack([folds_rng.random(60) < share for share in (0.5, 0.55, 0.55, 0.6, 0.6, 0.6)])
    out = []
    for _ in range(40_000):
        drawn = folds_rng.integers(0, 60, 60)
        left = np.setdiff1d(np.arange(60), drawn)
        best = configurations[:, drawn].sum(axis=1).argmax()
        out.append(configurations[best, left].mean())
    return {
        "correct": configurations.tolist(), "estimate": float(np.mean(out)),
        "interval": np.percentile(out, [2.5, 97.5]).tolist(),
    }


def gaps():
    """Six classes: 3 is never predicted, 4 never occurs, 5 is neither; some rows rule the true class out."""
    gaps_rng = np.random.default_rng(8)
    truth = gaps_rng.choice([0, 1, 2, 3], 50)
    rows = gaps_rng.dirichlet([0.4] * 6, 50)
    rows[:, [3, 5]] *= 0.05
    rows[np.arange(50), truth] += 0.3
    rows[::7, 0] = 0
    rows[:, 3] = np.minimum(rows[:, 3], 0.5 * rows[:, :3].max(axis=1))
    rows = rows.astype(np.float32).astype(float)
    rows /= rows.sum(axis=1, keepdims=True)
    said = rows.argmax(axis=1)
    per_class = metrics.precision_recall_fscore_support(truth, said, labels=range(6), zero_division=np.nan)
    return {
        "labels": truth.tolist(), "probabilities": rows.ravel().tolist(), "predictions": said.tolist(),
        "confusion": metrics.confusion_matrix(truth, said, labels=range(6)).tolist(),
        "accuracy": metrics.accuracy_score(truth, said),
        "balancedAccuracy": metrics.balanced_accuracy_score(truth, said),
        "macroF1": metrics.f1_score(truth, said, average="macro"),
        "precision": [None if np.isnan(x) else x for x in per_class[0]],
        "recall": [None if np.isnan(x) else x for x in per_class[1]],
        "f1": [None if np.isnan(x) else x for x in per_class[2]],
        "logLoss": metrics.log_loss(truth, rows, labels=range(6)),
        "brier": metrics.brier_score_loss(truth, rows, labels=range(6), scale_by_half=False),
        "kappa": metrics.cohen_kappa_score(truth, said, labels=range(6)),
    }


reference = {
    "made with": {m.__name__: m.__version__ for m in (np, scipy, statsmodels, sklearn)} | {"krippendorff": "0.9.0"},
    "classification": {
        "labels": labels.tolist(),
        "probabilities": probabilities.ravel().tolist(),
        "predictions": predictions.tolist(),
        "confusion": metrics.confusion_matrix(labels, predictions, labels=range(K)).tolist(),
        "accuracy": metrics.accuracy_score(labels, predictions),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, predictions),
        "macroF1": metrics.f1_score(labels, predictions, average="macro"),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "logLoss": metrics.log_loss(labels, probabilities, labels=range(K)),
        "brier": metrics.brier_score_loss(labels, probabilities, labels=range(K), scale_by_half=False),
        "calibration": {"right": share_right.tolist(), "confidence": mean_confidence.tolist(),
                        "images": in_bin[in_bin > 0].tolist(), "error": ece},
        "temperature": temperature,
        "scaledLogLoss": metrics.log_loss(labels, scaled(temperature), labels=range(K)),
        "rater": rater.tolist(),
        "kappa": metrics.cohen_kappa_score(labels, rater, labels=range(K)),
    },
    "clopperPearson": [
        [k, n, level, *map(float, proportion.proportion_confint(k, n, 1 - level, method="beta"))]
        for k, n, level in [(81, 263, 0.95), (15, 148, 0.95), (0, 20, 0.95), (1, 29, 0.95), (20, 20, 0.99), (203, 750, 0.9)]
    ],
    "bootstrap": {"data": skewed.tolist(), "estimate": float(np.std(skewed)), "many": list(many.confidence_interval)} | boots,
    "folds": [folds(5, 600, 150), folds(10, 675, 75), folds(50, 675, 75)],
    "fleiss": {"counts": counts.tolist(), "kappa": float(inter_rater.fleiss_kappa(counts))},
    "krippendorff": {
        "ratings": [[None if np.isnan(x) else int(x) for x in row] for row in answers],
        "alpha": float(krippendorff.alpha(answers, level_of_measurement="nominal")),
    },
    "holm": {"ps": ps, "corrected": multitest.multipletests(ps, method="holm")[1].tolist()},
    "imagesNeeded": [[h, s, l, needed(h, s, l)] for h, s, l in
                     [(0.05, 0.5, 0.95), (0.03, 0.27, 0.95), (0.1, 0.9, 0.99), (0.04, 0.0, 0.95)]],
    "crossValidated": cross_validated(),
    "biasCorrected": bias_corrected(),
    "gaps": gaps(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference, default=float))
