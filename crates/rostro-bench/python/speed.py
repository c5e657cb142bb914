"""Times OpenCV and onnxruntime on one thread, whenever asked: `speed.py PICTURE YUNET SFACE PUBLISHED_SFACE DLIB`.

A line `NAME TIMES` on the standard input is answered with milliseconds of one run, by the wall and of CPU time.
"""

import sys
import time

import cv2
import numpy as np
import onnxruntime

PICTURE, YUNET, SFACE, PUBLISHED_SFACE, DLIB = sys.argv[1:6]
ENROLLED = 1000
# Where SFace wants the eyes, the nose and the corners of the mouth, in its input of 112 by 112 (OpenCV's face_recognize.cpp).
PLACES = np.float32([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])

# What they warn of is no figure.
onnxruntime.set_default_logger_severity(4)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
cv2.setNumThreads(1)
jpeg = np.fromfile(PICTURE, np.uint8)
people = np.random.default_rng(1).standard_normal((ENROLLED, 128)).astype(np.float32)
people /= np.linalg.norm(people, axis=1, keepdims=True)


def session(onnx):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights of 8 bits are widened once, and not in every run.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    made = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    return lambda tensor: made.run(None, {made.get_inputs()[0].name: tensor}), [one.name for one in made.get_outputs()]


def yunet_for(height, width):
    """YuNet declares an input of 640 by 640; it takes any multiples of 32."""
    side = lambda pixels: bytes([0x0A, 3, 0x08, pixels & 127 | 128, pixels >> 7])
    with open(YUNET, "rb") as file:
        return file.read().replace(side(640) * 2, side(height) + side(width), 1)


def identify(embedding):
    embedding = embedding.ravel()
    return int((people @ (embedding / np.linalg.norm(embedding))).argmax())


def opencv(width, height):
    detector = cv2.FaceDetectorYN.create(YUNET, "", (width, height), 0.6)
    recognizer = cv2.FaceRecognizerSF.create(PUBLISHED_SFACE, "")

    def run():
        picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        scale = picture.shape[1] / width
        seen = picture if scale == 1 else cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        _, faces = detector.detect(seen)
        for face in faces:
            face[:14] *= scale
            identify(recognizer.feature(recognizer.alignCrop(picture, face)))
        return len(faces)

    return run


def best_landmarks(outputs, height, width, names):
    """The five points of the surest face, in pixels of the input."""
    values = dict(zip(names, outputs))
    best = (-1.0, None)
    for stride in (8, 16, 32):
        scores = np.sqrt(values[f"cls_{stride}"].ravel() * values[f"obj_{stride}"].ravel())
        at = int(scores.argmax())
        if scores[at] > best[0]:
            row, column = divmod(at, width // stride)
            points = values[f"kps_{stride}"].reshape(-1, 5, 2)[at]
            best = (scores[at], (points + [column, row]) * stride)
    return best[1]


def by_onnxruntime(height=256, width=320):
    (detect, names), (embed, _) = session(yunet_for(height, width)), session(SFACE)

    def run():
        picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        scale = max(picture.shape[1] / width, picture.shape[0] / height)
        small = cv2.resize(picture, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
        seen = np.zeros((height, width, 3), np.uint8)
        seen[: small.shape[0], : small.shape[1]] = small
        points = best_landmarks(detect(cv2.dnn.blobFromImage(seen)), height, width, names)
        matrix, _ = cv2.estimateAffinePartial2D(np.float32(points * scale), PLACES, method=cv2.LMEDS)
        crop = cv2.warpAffine(picture, matrix, (112, 112))
        identify(embed(cv2.dnn.blobFromImage(crop, swapRB=True))[0])
        return 1

    return run


def network(onnx, height, width):
    embed, _ = session(onnx)
    tensor = np.random.default_rng(2).integers(0, 256, (1, 3, height, width)).astype(np.float32)
    return lambda: embed(tensor)


runs = {
    "opencv-640": opencv(640, 480),
    "opencv-320": opencv(320, 240),
    "onnxruntime": by_onnxruntime(),
    "yunet": network(yunet_for(256, 320), 256, 320),
    "dlib": network(DLIB, 150, 150),
    "sface": network(SFACE, 112, 112),
    "sface-published": network(PUBLISHED_SFACE, 112, 112),
}
for name in ("opencv-640", "opencv-320"):
    if runs[name]() != 1:
        sys.exit(f"{name} does not find one face")

print("opencv", cv2.__version__, "onnxruntime", onnxruntime.__version__, flush=True)
for line in sys.stdin:
    name, times = line.split()
    run, times = runs[name], int(times)
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    for _ in range(times):
        run()
    wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
    print(wall / times / 1e6, cpu / times / 1e6, flush=True)
