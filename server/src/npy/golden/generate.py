"""Writes the golden files beside it with NumPy 2: python generate.py. The numbers are made up, nobody's face."""

import json
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

here = Path(__file__).parent
rows = np.random.default_rng(7).normal(0, 0.12, (3, 128)).astype(np.float32)
rows[0, :3] = [-0.0, 1e-42, np.nextafter(np.float32(0.1), np.float32(1))]


def save(name, array, version):
    with open(here / name, "wb") as file:
        npy.write_array(file, array, version=version)


save("f4-le-c-v1.npy", rows, (1, 0))
save("f4-be-c-v2.npy", rows.astype(">f4"), (2, 0))
save("f8-le-f-v3.npy", np.asfortranarray(rows.astype("<f8")), (3, 0))
save("f8-le-c-v1.npy", rows.astype("<f8"), (1, 0))
save("f8-be-c-v1.npy", rows.astype(">f8"), (1, 0))
save("f4-le-f-v1.npy", np.asfortranarray(rows), (1, 0))
save("i4.npy", np.zeros((3, 128), "<i4"), (1, 0))
save("flat.npy", np.zeros(128, "<f4"), (1, 0))
with open(here / "labels.json", "w", encoding="utf-8") as file:
    json.dump(["José Núñez", "Ana", "José Núñez"], file, ensure_ascii=False, indent=2)
