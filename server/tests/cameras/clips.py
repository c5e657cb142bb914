"""Clips of people for the cameras to show: motion JPEG, which is JPEG files one after the other.

They are made of public-domain portraits, or come from outside where the environment names them.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from real_relay import faces_in, portrait

MODEL = "sface-2021dec"
BETWEEN_PICTURES = b"\xff\xd9\xff\xd8"
FPS = 10
# The frame, and a portrait's width, which leaves room to sway within it.
FRAME = (640, 480)
DRAWN_WIDTH_PX = 700
# Samples of a person who is enrolled from a clip.
SAMPLES = 5


@dataclass(frozen=True)
class Person:
    """Somebody before a camera."""

    name: str
    clip: Path
    # Embeddings to enrol; none of a stranger.
    samples: list[list[float]]

    @property
    def enrolment(self) -> dict:
        samples = [{"model": MODEL, "embedding": sample} for sample in self.samples]
        return {"name": self.name, "samples": samples}


def make(name: str, folder: Path, size: tuple[int, int] = FRAME) -> Path:
    """Two seconds of a portrait that sways; the last picture leads into the first."""
    clip = folder / f"{name}-{size[0]}.mjpeg"
    width, height = FRAME
    room = DRAWN_WIDTH_PX - width
    sways = [
        f"scale={DRAWN_WIDTH_PX}:-2",
        f"crop={width}:{height}:'{room / 2}*(1+sin(PI*n/{FPS}))':'{room / 4}*(1+sin(2*PI*n/{FPS}))'",
        f"scale={size[0]}:{size[1]}",
    ]
    command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-y", "-loop", "1", "-framerate", str(FPS), "-t", "2"]
    command += ["-i", portrait(name), "-vf", ",".join(sways), "-q:v", "3", "-f", "mjpeg", clip]
    subprocess.run(command, check=True)
    return clip


def pictures_of(clip: Path) -> list[bytes]:
    """Its pictures, each a JPEG."""
    pictures = clip.read_bytes().split(BETWEEN_PICTURES)
    last = len(pictures) - 1
    return [
        (b"" if index == 0 else BETWEEN_PICTURES[2:]) + picture + (b"" if index == last else BETWEEN_PICTURES[:2])
        for index, picture in enumerate(pictures)
    ]


def samples_of(clip: Path, folder: Path) -> list[list[float]]:
    """Embeddings of some pictures of a clip that show one face."""
    pictures = pictures_of(clip)
    files = []
    for index in range(0, len(pictures), max(1, len(pictures) // (2 * SAMPLES))):
        files.append(folder / f"sample-{index}.jpg")
        files[-1].write_bytes(pictures[index])
    alone = [faces[0]["embedding"] for faces in faces_in(files, MODEL) if len(faces) == 1]
    assert alone, f"{clip}: no picture shows exactly one face"
    return alone[:SAMPLES]


def enrolled(folder: Path) -> Person:
    """The person in the clip `ROSTRO_CAMERA_CLIP`, under the name `ROSTRO_CAMERA_NAME`; else a portrait's, who is
    enrolled from another portrait."""
    clip = os.environ.get("ROSTRO_CAMERA_CLIP")
    if clip:
        name = os.environ.get("ROSTRO_CAMERA_NAME", "José Núñez")
        return Person(name, Path(clip).resolve(), samples_of(Path(clip), folder))
    ((face,),) = faces_in([portrait("obama-2009")], MODEL)
    return Person("Barack Obama", make("obama-2012", folder), [face["embedding"]])


def stranger(folder: Path) -> Person:
    """The person in the clip `ROSTRO_CAMERA_STRANGER`, else another portrait's; never enrolled."""
    clip = os.environ.get("ROSTRO_CAMERA_STRANGER")
    return Person("somebody else", Path(clip).resolve() if clip else make("collins", folder), [])
