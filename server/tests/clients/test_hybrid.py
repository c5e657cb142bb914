"""The hybrid flow by python-socketio and requests: status, test, connect, frames at 10 a second, one capture by both."""

import asyncio
import base64
import time
import uuid

import pytest
import requests
import socketio

from conftest import KNOWN
from real_relay import base64_of, encoding_of, until

FRAMES = 25
FRAME_INTERVAL_SECONDS = 0.1
EVENTS = ("config", "stats", "recognition_result", "error")


class Client:
    """A Socket.IO client that keeps what it is sent, by event."""

    def __init__(self, url: str, transports: list[str]):
        self.received = {event: [] for event in EVENTS}
        self.socket = socketio.Client(reconnection=False)
        for event, payloads in self.received.items():
            self.socket.on(event, payloads.append)
        self.socket.connect(url, transports=transports, wait_timeout=10)

    def first(self, event: str) -> dict:
        return until(lambda: self.received[event] and self.received[event][0])

    def result_of(self, frame_id) -> dict:
        results = self.received["recognition_result"]
        return until(lambda: next((one for one in results if one["frame_id"] == frame_id), None))


@pytest.fixture(scope="module", autouse=True)
def enrolled(relay):
    body = {"name": KNOWN, "encoding": encoding_of("obama-2012")}
    answer = requests.post(f"{relay}/api/register", json=body, timeout=30)
    assert answer.status_code == 200, answer.text


@pytest.fixture(params=[["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def client(relay, request):
    one = Client(relay, request.param)
    yield one
    one.socket.disconnect()


def test_status_and_test_come_first(relay):
    status = requests.get(f"{relay}/webrtc/status/", timeout=30).json()
    assert status["status"] == "ok"
    assert status["port"] == int(relay.rsplit(":", 1)[1])
    assert set(status["endpoints"]) >= {"status", "test", "face"}
    assert requests.get(f"{relay}/webrtc/test/", timeout=30).json()["method"] == "GET"
    echoed = requests.post(f"{relay}/webrtc/test/", json={"ñ": [1, None]}, timeout=30).json()
    assert echoed["received_data"] == {"ñ": [1, None]}
    assert (echoed["status"], echoed["method"]) == ("success", "POST")


def test_config_and_stats_on_connecting(client):
    config = client.first("config")
    assert config["max_resolution"] == {"width": 1280, "height": 720}
    assert config["supported_formats"] == ["image/jpeg", "image/png", "image/webp"]
    stats = client.first("stats")
    assert stats["connected_clients"] >= 1
    assert stats["current_provider"] in stats["available_providers"]
    assert config["provider"] == stats["current_provider"]


def test_frames_are_answered_with_the_enrolled_name(client):
    image = base64_of("obama-2012")
    sent = {}
    for frame_id in range(FRAMES):
        sent[frame_id] = int(time.time() * 1000)
        frame = {"image": image, "frame_id": frame_id, "quality": 0.7, "timestamp": sent[frame_id]}
        client.socket.emit("process_frame", frame)
        time.sleep(FRAME_INTERVAL_SECONDS)
    client.result_of(FRAMES - 1)
    assert client.received["error"] == []
    for result in client.received["recognition_result"]:
        assert result["reconocido"] is True
        assert result["persona"]["nombre"] == KNOWN
        assert set(result["persona"]) >= {"id", "nombre", "vivienda", "tipo_residente", "documento"}
        assert 0.4 <= result["confianza"] <= 1
        assert result["threshold_usado"] == pytest.approx(0.6)
        assert result["processing_time"] >= 0
        assert result["timestamp"] == sent[result["frame_id"]]


def test_figures_are_told_and_begun_anew(client):
    client.first("stats")
    for event in ("get_stats", "reset_stats"):
        client.received["stats"].clear()
        client.socket.emit(event)
        assert client.first("stats")["total_frames_processed"] >= 0
    assert client.first("stats")["total_frames_processed"] == 0


def test_the_provider_is_one_of_the_recognisers(client):
    available = client.first("stats")["available_providers"]
    for provider in available:
        client.received["config"].clear()
        client.socket.emit("change_provider", {"provider": provider})
        assert client.first("config")["provider"] == provider
    client.socket.emit("change_provider", {"provider": "facenet"})
    assert client.first("error")["code"] == "PROVIDER_NOT_AVAILABLE"


def test_an_unknown_face_stays_unknown(client):
    client.socket.emit("process_frame", {"image": base64_of("biden-2010"), "frame_id": "b"})
    result = client.result_of("b")
    assert (result["reconocido"], result["persona"], result["confianza"]) == (False, None, 0)
    assert result["mensaje"]
    assert isinstance(result["timestamp"], str) and result["timestamp"].endswith("Z")


def test_a_frame_without_a_picture_is_invalid_data(client):
    client.socket.emit("process_frame", {"frame_id": 5})
    error = client.first("error")
    assert (error["code"], error["frame_id"]) == ("INVALID_DATA", 5)


def test_a_capture_by_both_channels_counts_once(relay, client, receiver):
    capture_id = str(uuid.uuid4())
    image = "data:image/png;base64," + base64_of("obama-2009")
    client.socket.emit("process_frame", {"image": image, "frame_id": 1000, "capture_id": capture_id})
    timestamp = "2026-11-22T10:00:00.000Z"
    body = {"image": image, "timestamp": timestamp, "capture_id": capture_id}
    answer = requests.post(f"{relay}/webrtc/face/", json=body, timeout=30).json()
    assert answer["status"] == "success"
    assert answer["recognized"] is True
    assert answer["person"]["nombre"] == KNOWN
    assert answer["timestamp"] == timestamp
    live = client.result_of(1000)
    assert live["persona"]["id"] == answer["person"]["id"]
    assert [one for one in (answer, live) if one.get("hybrid")], "one of them came second"
    events = requests.get(f"{relay}/v1/events", params={"limit": 50}, timeout=30).json()["events"]
    assert len([event for event in events if event["capture_id"] == capture_id]) == 1
    delivered = until(lambda: [body for ok, body in receiver.deliveries if ok and body["result"]["name"] == KNOWN])
    assert set(delivered[0]) >= {"result", "camera_id"}


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_picture_by_rest_in_every_form(relay, slash):
    url = f"{relay}/webrtc/face{slash}"
    image = base64_of("obama-2012")
    for options in (
        {"json": {"image": image, "timestamp": "t"}},
        {"json": {"image": f"data:image/png;base64,{image}", "timestamp": "t"}},
        {"files": {"frame": ("foto.png", base64.b64decode(image), "image/png")}, "data": {"timestamp": "t"}},
    ):
        answer = requests.post(url, timeout=30, **options)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["recognized"], body["person"]["nombre"], body["timestamp"]) == (True, KNOWN, "t")
    for options in (
        {"json": {}},
        {"json": {"image": "no es una imagen"}},
        {"files": {"otro": ("foto.png", b"no", "image/png")}},
        {"data": "{", "headers": {"Content-Type": "application/json"}},
    ):
        answer = requests.post(url, timeout=30, **options)
        assert (answer.status_code, answer.json()["status"]) == (400, "error"), answer.text
    answer = requests.put(url, timeout=30)
    assert (answer.status_code, set(answer.json())) == (405, {"error"})


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def test_the_asyncio_client(relay, transports):
    async def flow():
        async with socketio.AsyncSimpleClient() as client:
            await client.connect(relay, transports=transports)
            assert [(await client.receive(timeout=10))[0] for _ in range(2)] == ["config", "stats"]
            ack = await client.call("process_frame", {"image": base64_of("obama-2012"), "frame_id": "ñ"}, timeout=30)
            assert (ack["persona"]["nombre"], ack["frame_id"]) == (KNOWN, "ñ")
            event = None
            while event != "recognition_result":
                # Everybody is told in between of what was stored, of a gallery that has changed, and of figures.
                event, result = await client.receive(timeout=10)
            assert result["frame_id"] == "ñ"

    asyncio.run(flow())
