"""Encodings of Python's face_recognition: python encodings.py LIST OUT

LIST holds a picture's path on each line. OUT gets a line for each: nothing where no face was found, else 128 numbers of
the face nearest to the middle.
"""

import sys
from concurrent.futures import ProcessPoolExecutor

import face_recognition


def encoding(path):
    picture = face_recognition.load_image_file(path)
    boxes = face_recognition.face_locations(picture)
    if not boxes:
        return ""
    height, width = picture.shape[:2]

    def away(box):
        top, right, bottom, left = box
        return abs((left + right - width) / 2) + abs((top + bottom - height) / 2)

    nearest = min(boxes, key=away)
    (numbers,) = face_recognition.face_encodings(picture, [nearest])
    return " ".join(repr(float(number)) for number in numbers)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        paths = file.read().splitlines()
    with ProcessPoolExecutor() as pool, open(sys.argv[2], "w", encoding="utf-8") as out:
        for index, line in enumerate(pool.map(encoding, paths, chunksize=20), 1):
            print(line, file=out)
            if index % 500 == 0:
                print(f"  face_recognition: {index} of {len(paths)}", file=sys.stderr, flush=True)
