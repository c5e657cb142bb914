"""The real relay as a process of its own, and a webhook receiver, for the tests of Python clients."""

import base64
import json
import os
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

REPOSITORY = Path(__file__).resolve().parents[3]
FIXTURES = REPOSITORY / "crates/rostro-testkit/fixtures"
PROGRAM = Path(os.environ.get("ROSTRO_PROGRAM", REPOSITORY / "target/release/rostro"))
SECRET = "a-secret-of-the-client-tests"
KNOWN = "Barack Obama"
LIMIT_SECONDS = 60


def portrait(name: str) -> Path:
    """The file of a public-domain portrait."""
    return next(file for file in FIXTURES.iterdir() if file.stem == name)


def base64_of(name: str) -> str:
    """A portrait as bare base64."""
    return base64.b64encode(portrait(name).read_bytes()).decode()


def environment(**settings: str) -> dict[str, str]:
    return {**os.environ, "ROSTRO_MODELS": str(REPOSITORY / "models"), **settings}


def encoding_of(name: str) -> list[float]:
    """The 128 numbers that `face_recognition` would give, but for a few hundredths."""
    command = [PROGRAM, "embed", "--model", "dlib-resnet-v1", "--json-lines", portrait(name)]
    printed = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
    (face,) = json.loads(printed)["faces"]
    return face["embedding"]


def until(condition):
    """Waits for a condition and returns its value."""
    end = time.monotonic() + LIMIT_SECONDS
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.025)
    return value


class Receiver(ThreadingHTTPServer):
    """A webhook receiver that answers 201, and 401 without the secret."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ReceiverHandler)
        self.deliveries = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/facial-recognition/webhook"


class ReceiverHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        authorized = self.headers.get("Authorization") == f"Bearer {SECRET}"
        self.server.deliveries.append((authorized, body))
        answer = json.dumps({"success": True} if authorized else {"error": "Unauthorized"}).encode()
        self.send_response(201 if authorized else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Keeps the requests out of the test output."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@contextmanager
def running_relay(folder: Path, **settings: str):
    """The address of a fresh relay; it ends with the context."""
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
        yield url
    finally:
        process.terminate()
        process.wait(timeout=LIMIT_SECONDS)


@pytest.fixture(scope="module")
def relay(receiver, tmp_path_factory):
    """The address of a fresh relay that sends its webhooks to `receiver`."""
    webhook = {"NEXTJS_WEBHOOK_URL": receiver.url, "FACIAL_RECOGNITION_WEBHOOK_SECRET": SECRET}
    with running_relay(tmp_path_factory.mktemp("relay"), **webhook) as url:
        yield url
