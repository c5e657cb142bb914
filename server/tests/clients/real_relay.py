"""The real relay as a process of its own, for tests in Python: of clients, and of cameras."""

import base64
import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

REPOSITORY = Path(__file__).resolve().parents[3]
FIXTURES = REPOSITORY / "crates/rostro-testkit/fixtures"
PROGRAM = Path(os.environ.get("ROSTRO_PROGRAM", REPOSITORY / "target/release/rostro"))
LIMIT_SECONDS = 60


def portrait(name: str) -> Path:
    """The file of a public-domain portrait."""
    return next(file for file in FIXTURES.iterdir() if file.stem == name)


def base64_of(name: str) -> str:
    """A portrait as bare base64."""
    return base64.b64encode(portrait(name).read_bytes()).decode()


def environment(**settings: str) -> dict[str, str]:
    return {**os.environ, "ROSTRO_MODELS": str(REPOSITORY / "models"), **settings}


def faces_in(pictures: list[Path], model: str) -> list[list[dict]]:
    """The faces of each picture, each with its embedding, as `rostro embed` prints them."""
    command = [PROGRAM, "embed", "--model", model, "--json-lines", *pictures]
    printed = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
    return [json.loads(line).get("faces", []) for line in printed.splitlines()]


def encoding_of(name: str) -> list[float]:
    """The 128 numbers that `face_recognition` would give, but for a few hundredths."""
    ((face,),) = faces_in([portrait(name)], "dlib-resnet-v1")
    return face["embedding"]


def until(condition, limit_seconds: float = LIMIT_SECONDS):
    """Waits for a condition and returns its value."""
    end = time.monotonic() + limit_seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.025)
    return value


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass(frozen=True)
class Running:
    """A relay that answers."""

    url: str
    pid: int


@contextmanager
def running_program(folder: Path, **settings: str):
    """A fresh relay; it ends with the context."""
    port = free_port()
    with open(folder / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", f"127.0.0.1:{port}", "--data", folder / "data"],
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"

    def answers():
        assert process.poll() is None, (folder / "log").read_text()
        try:
            return requests.get(f"{url}/v1/health", timeout=5)
        except requests.ConnectionError:
            return None

    try:
        until(answers)
        yield Running(url, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=LIMIT_SECONDS)


@contextmanager
def running_relay(folder: Path, **settings: str):
    """The address of a fresh relay; it ends with the context."""
    with running_program(folder, **settings) as relay:
        yield relay.url
