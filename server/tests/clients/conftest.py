"""A relay with a webhook receiver, for the tests of Python clients."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from real_relay import running_relay

SECRET = "a-secret-of-the-client-tests"
KNOWN = "Barack Obama"


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


@pytest.fixture(scope="module")
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def relay(receiver, tmp_path_factory):
    """The address of a fresh relay that sends its webhooks to `receiver`."""
    webhook = {"NEXTJS_WEBHOOK_URL": receiver.url, "FACIAL_RECOGNITION_WEBHOOK_SECRET": SECRET}
    with running_relay(tmp_path_factory.mktemp("relay"), **webhook) as url:
        yield url
