"""python-socketio across a network that breaks: every report arrives, once."""

import datetime
import socket
import threading
import time
import uuid

import requests
import socketio

from real_relay import encoding_of, until

REPORTS = 60
CUT_SECONDS = 1


class Network:
    """A network to a relay; while it is cut, connections are reset and new ones too."""

    def __init__(self, port: int):
        self.port = port
        self.is_cut = False
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            relay = socket.create_connection(("127.0.0.1", self.port))
            self.open |= {client, relay}
            for pair in ((client, relay), (relay, client)):
                threading.Thread(target=self.pump, args=pair, daemon=True).start()

    def pump(self, source: socket.socket, sink: socket.socket):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for side in (source, sink):
            self.end(side)

    def end(self, side: socket.socket):
        self.open.discard(side)
        try:
            side.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        side.close()

    def cut(self):
        self.is_cut = True
        for side in list(self.open):
            self.end(side)

    def heal(self):
        self.is_cut = False

    def stop(self):
        self.cut()
        self.listener.close()


def report(encoding: list[float], look: int) -> dict:
    embedding = [encoding[0] + look * 1e-6, *encoding[1:]]
    box = {"top": 10, "right": 110, "bottom": 120, "left": 20}
    return {
        "capture_id": str(uuid.uuid4()),
        "captured_at": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "faces": [{"box": box, "score": 0.9, "model": "dlib-resnet-v1", "embedding": embedding}],
    }


def test_reports_across_a_cut(relay):
    network = Network(int(relay.rsplit(":", 1)[1]))
    client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.2, randomization_factor=0)
    reconnects = []
    client.on("connect", lambda: reconnects.append(time.monotonic()))
    client.connect(network.url, transports=["websocket"], wait_timeout=10)
    encoding = encoding_of("obama-2012")

    def acknowledged(sent: dict) -> dict | None:
        try:
            return client.call("report", sent, timeout=1)
        except (socketio.exceptions.SocketIOError, OSError):
            time.sleep(0.05)
            return None

    sent = []
    for look in range(REPORTS):
        one = report(encoding, look)
        sent.append(one["capture_id"])
        if look == REPORTS // 3:
            network.cut()
            threading.Timer(CUT_SECONDS, network.heal).start()
        ack = until(lambda one=one: acknowledged(one))
        assert ack["ok"], ack
        assert ack["receipt"]["capture_id"] == one["capture_id"]
    client.disconnect()
    network.stop()
    assert len(reconnects) > 1, "the network did break"
    stored = requests.get(f"{relay}/v1/events", params={"after": 0, "limit": 1000}, timeout=30).json()["events"]
    assert [event["capture_id"] for event in stored] == sent, "each once, in order"
