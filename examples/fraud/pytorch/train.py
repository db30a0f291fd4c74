"""Trains the fraud model with PyTorch, on SageMaker's training contract.

Reads   SM_CHANNEL_TRAIN (default /opt/ml/input/data/train): *.csv or *.csv.gz with a header row
        /opt/ml/input/config/hyperparameters.json (every value a text, as SageMaker writes it), or SM_HPS
Writes  SM_MODEL_DIR (default /opt/ml/model): model.onnx, metrics.json, lineage.json
        on failure the reason into SM_OUTPUT_DIR (default /opt/ml/output)/failure, and exits 1
"""

import csv
import gzip
import hashlib
import json
import math
import os
import random
import sys
import traceback

import numpy as np
import torch
from torch import nn

# Allowed hyperparameters with their defaults. A name that is not here is refused: a misspelt one would do nothing.
DEFAULTS = {
    "label": "fraud",
    "time": "time",  # orders the rows and is no feature; empty: the order of the file
    "train_share": 0.6,  # of the time, from the beginning; the rest is the evaluation
    "validation_share": 0.15,  # of the training rows, the latest ones: says when to stop
    "hidden": 32,
    "epochs": 200,
    "patience": 20,
    "batch_size": 512,
    "learning_rate": 0.002,
    "weight_decay": 0.01,
    "dropout": 0.2,
    "seed": 1,
}
LARGEST_Z = 10.0


class TrainingError(Exception):
    """What the person who started the job can mend."""


def input_directory():
    return os.environ.get("SM_INPUT_DIR", "/opt/ml/input")


def read_hyperparameters():
    path = os.path.join(os.environ.get("SM_INPUT_CONFIG_DIR", os.path.join(input_directory(), "config")), "hyperparameters.json")
    given = {}
    if os.path.exists(path):
        with open(path) as file:
            given = json.load(file)
    elif "SM_HPS" in os.environ:
        given = json.loads(os.environ["SM_HPS"])
    # The toolkit's own entries, such as sagemaker_program, are none of ours.
    given = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise TrainingError(f"there is no hyperparameter {', '.join(unknown)}; there are {', '.join(DEFAULTS)}")
    read = dict(DEFAULTS)
    for name, value in given.items():
        kind = type(DEFAULTS[name])
        # The SageMaker SDK writes JSON into each text, plain requests write the text itself.
        text = str(value).strip('"')
        try:
            read[name] = kind(text)
        except ValueError:
            raise TrainingError(f"hyperparameter {name} is {value!r}; it must be {'an integer' if kind is int else 'a number'}")
    for name in ("train_share", "validation_share"):
        if not 0 < read[name] < 1:
            raise TrainingError(f"hyperparameter {name} is {read[name]}; it must lie between 0 and 1")
    return read


def read_rows(directory):
    """Columns, rows of text and the sha256 of the files' bytes, in the order of their names."""
    names = sorted(name for name in os.listdir(directory) if name.endswith((".csv", ".csv.gz")))
    if not names:
        raise TrainingError(f"there is no .csv or .csv.gz file in {directory}")
    digest, columns, rows = hashlib.sha256(), None, []
    for name in names:
        with open(os.path.join(directory, name), "rb") as file:
            content = file.read()
        digest.update(content)
        text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
        header, *body = csv.reader(text.splitlines())
        if columns is not None and header != columns:
            raise TrainingError(f"{name} has other columns than {names[0]}")
        columns = header
        rows.extend(body)
    return columns, rows, digest.hexdigest()


def to_number(text):
    return float(text) if text != "" else math.nan


def load(settings):
    directory = os.environ.get("SM_CHANNEL_TRAIN", os.path.join(input_directory(), "data", "train"))
    columns, rows, digest = read_rows(directory)
    label, time = settings["label"], settings["time"]
    for name in filter(None, (label, time)):
        if name not in columns:
            raise TrainingError(f"there is no column {name!r}; there are {', '.join(columns)}")
    values = np.array([[to_number(cell) for cell in row] for row in rows], dtype=np.float64)
    if time:
        values = values[np.argsort(values[:, columns.index(time)], kind="stable")]
    features = [name for name in columns if name not in (label, time)]
    x = values[:, [columns.index(name) for name in features]].astype(np.float32)
    y = values[:, columns.index(label)].astype(np.float32)
    if not np.isin(y, (0, 1)).all():
        raise TrainingError(f"the column {label!r} must hold 0 and 1")
    return features, x, y, digest


class FraudModel(nn.Module):
    """Raw features to `label` and `probabilities`. Standardisation is part of it: what serves needs nothing more."""

    def __init__(self, mean, scale, hidden, dropout, prior):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("inverse_scale", 1 / scale)
        self.body = nn.Sequential(
            nn.Linear(len(mean), hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, 1),
        )
        # Beside the layers, so that they only have to learn what a linear model cannot say.
        self.linear = nn.Linear(len(mean), 1)
        # Log-odds that the loss's class weight added, taken off again: probabilities of the data's own prevalence.
        self.register_buffer("prior", torch.tensor(prior, dtype=torch.float32))

    def scores(self, x):
        z = (x - self.mean) * self.inverse_scale
        # A missing value counts as the mean, which is 0 here.
        z = torch.where(torch.isnan(z), torch.zeros_like(z), z)
        z = torch.clamp(z, -LARGEST_Z, LARGEST_Z)
        return self.linear(z) + self.body(z)

    def forward(self, x):
        score = self.scores(x) - self.prior
        probabilities = torch.softmax(torch.cat([torch.zeros_like(score), score], dim=1), dim=1)
        return torch.argmax(probabilities, dim=1), probabilities


def roc_auc(labels, scores):
    """Share of pairs of a fraud and an honest row in which the fraud scores higher; ties count half."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        raise TrainingError("ROC AUC needs rows of both classes; choose another train_share or validation_share")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def log_loss(labels, probabilities):
    p = np.clip(probabilities.astype(np.float64), 1e-15, 1 - 1e-15)
    return float(-np.mean(np.where(labels == 1, np.log(p), np.log(1 - p))))


def fit(model, settings, fit_part, validation_part, positive_weight):
    x, y = (torch.from_numpy(part) for part in fit_part)
    validation_x, validation_y = torch.from_numpy(validation_part[0]), validation_part[1]
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"])
    loss_of = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(positive_weight))
    best, best_state, curve = (-1.0, 0), None, []
    for epoch in range(1, settings["epochs"] + 1):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(y)).split(settings["batch_size"]):
            optimizer.zero_grad()
            loss = loss_of(model.scores(x[rows]).squeeze(1), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        if not math.isfinite(total):
            raise TrainingError(f"the loss is {total} in epoch {epoch}; try a smaller learning_rate")
        model.eval()
        with torch.no_grad():
            auc = roc_auc(validation_y, model.scores(validation_x).squeeze(1).numpy())
        curve.append({"round": epoch, "training_loss": total / len(y), "validation_roc_auc": auc})
        # Lines that a job's metric definitions find, such as validation_roc_auc=([0-9.]+).
        print(f"epoch={epoch} training_loss={total / len(y):.6f} validation_roc_auc={auc:.6f}", flush=True)
        if auc > best[0]:
            best = (auc, epoch)
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
        elif epoch - best[1] >= settings["patience"]:
            break
    model.load_state_dict(best_state)
    model.eval()
    return best[1], curve


def main():
    settings = read_hyperparameters()
    random.seed(settings["seed"])
    np.random.seed(settings["seed"])
    torch.manual_seed(settings["seed"])
    torch.use_deterministic_algorithms(True)
    features, x, y, digest = load(settings)
    train_end = int(len(y) * settings["train_share"])
    fit_end = int(train_end * (1 - settings["validation_share"]))
    fit_x, fit_y = x[:fit_end], y[:fit_end]
    positives = float(fit_y.sum())
    if positives == 0 or positives == len(fit_y):
        raise TrainingError("the rows to train on are all of one class")
    # The square root instead of the whole ratio: a hundredfold weight on a few hundred frauds learns them by heart.
    positive_weight = math.sqrt((len(fit_y) - positives) / positives)
    mean = np.nan_to_num(np.nanmean(fit_x, axis=0))
    scale = np.nan_to_num(np.nanstd(fit_x, axis=0))
    scale[scale == 0] = 1
    model = FraudModel(
        torch.from_numpy(mean.astype(np.float32)),
        torch.from_numpy(scale.astype(np.float32)),
        settings["hidden"],
        settings["dropout"],
        math.log(positive_weight),
    )
    epochs, curve = fit(model, settings, (fit_x, fit_y), (x[fit_end:train_end], y[fit_end:train_end]), positive_weight)

    with torch.no_grad():
        scored = [model(torch.from_numpy(part))[1][:, 1].numpy() for part in (fit_x, x[train_end:])]
    metrics = {
        "training_rows": len(fit_y),
        "training_roc_auc": roc_auc(fit_y, scored[0]),
        "rows": len(y) - train_end,
        "roc_auc": roc_auc(y[train_end:], scored[1]),
        "log_loss": log_loss(y[train_end:], scored[1]),
    }
    directory = os.environ.get("SM_MODEL_DIR", "/opt/ml/model")
    os.makedirs(directory, exist_ok=True)
    torch.onnx.export(
        model,
        torch.zeros(2, len(features)),
        os.path.join(directory, "model.onnx"),
        input_names=["input"],
        output_names=["label", "probabilities"],
        dynamic_axes={name: {0: "N"} for name in ("input", "label", "probabilities")},
        opset_version=13,
    )
    lineage = {
        "datasetDigest": digest,
        "seed": settings["seed"],
        "features": features,
        "hyperparameters": {**settings, "epochs_kept": epochs, "positive_weight": positive_weight},
        "curves": curve,
        "trainer": f"pytorch {torch.__version__}",
    }
    for name, content in (("metrics.json", metrics), ("lineage.json", lineage)):
        with open(os.path.join(directory, name), "w") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
    print(" ".join(f"{name}={value:.6g}" for name, value in metrics.items()), flush=True)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        output = os.environ.get("SM_OUTPUT_DIR", "/opt/ml/output")
        os.makedirs(output, exist_ok=True)
        reason = str(error) if isinstance(error, TrainingError) else traceback.format_exc()
        with open(os.path.join(output, "failure"), "w") as file:
            file.write(reason)
        print(reason, file=sys.stderr)
        sys.exit(1)
