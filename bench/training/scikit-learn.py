"""Trains scikit-learn's HistGradientBoostingClassifier with its defaults on prepared arrays.

Argument: a folder with meta.json, train.f32, train-labels.f64, test.f32, test-labels.f64. Prints one JSON object.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

folder = sys.argv[1]
with open(f"{folder}/meta.json") as file:
    meta = json.load(file)


def part(name):
    x = np.fromfile(f"{folder}/{name}.f32", dtype=np.float32).reshape(-1, meta["features"])
    return x, np.fromfile(f"{folder}/{name}-labels.f64", dtype=np.float64)


(train_x, train_y), (test_x, test_y) = part("train"), part("test")
seconds = []
for _ in range(meta["rounds"]):
    started = time.perf_counter()
    # No early stopping: by default it begins at 10,000 rows, and ours has none by default.
    model = HistGradientBoostingClassifier(random_state=1, early_stopping=False).fit(train_x, train_y)
    seconds.append(time.perf_counter() - started)
auc = roc_auc_score(test_y, model.predict_proba(test_x)[:, 1])
print(json.dumps({"version": sklearn.__version__, "seconds": seconds, "rocAuc": auc}))
