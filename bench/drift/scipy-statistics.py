"""Times SciPy's exact drift statistics of two samples of a million normal values, as one would write them; prints seconds as JSON."""
import json
import sys
import time

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

VALUES = 1_000_000
BINS = 32
generator = np.random.default_rng(1)
reference = generator.normal(size=VALUES)
edges = np.quantile(reference, np.arange(1, BINS) / BINS)
limits = np.concatenate(([-np.inf], edges, [np.inf]))
expected = np.histogram(reference, limits)[0]


def all_of(current):
    stats.ks_2samp(reference, current, method="asymp")
    stats.wasserstein_distance(reference, current)
    got = np.histogram(current, limits)[0]
    r, c = expected / VALUES, got / VALUES
    np.sum((c - r) * np.log(c / r))
    jensenshannon(r, c)
    stats.chi2_contingency([expected, got])


seconds = []
for _ in range(int(sys.argv[1])):
    current = generator.normal(size=VALUES)
    started = time.perf_counter()
    all_of(current)
    seconds.append(time.perf_counter() - started)
print(json.dumps(seconds))
