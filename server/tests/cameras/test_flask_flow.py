"""The Flask app's integration guide, step by step, by curl, with an ffmpeg camera in place of the ESP32-CAM."""

import json
import subprocess

import pytest

import clips
from conftest import COOL_DOWN_SECONDS, SECRET, Relay
from next_app import NextApp
from real_relay import encoding_of, running_program, until
from senders import Ffmpeg

NAME = "María Peña"
CAMERA_ID = "cam-entrada"


def curl(relay: Relay, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
    """The status and the JSON of an answer."""
    command = ["curl", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}", "-X", method]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    printed = subprocess.run([*command, relay.url + path], check=True, capture_output=True, text=True).stdout
    answer, status = printed.rsplit("\n", 1)
    return int(status), json.loads(answer)


def seconds_of_feed(relay: Relay, seconds: int) -> bytes:
    """What `curl` reads of `/video_feed` before it gives up."""
    command = ["curl", "--silent", "--no-buffer", "--include", "--max-time", str(seconds), f"{relay.url}/video_feed"]
    return subprocess.run(command, check=False, capture_output=True).stdout


@pytest.fixture(scope="module")
def flask_app():
    server = NextApp(SECRET)
    server.known_cameras.add(CAMERA_ID)
    yield server
    server.close()


@pytest.fixture(scope="module")
def fresh(settings, flask_app, tmp_path_factory):
    """A relay at which nobody is enrolled."""
    settings = {**settings, "NEXTJS_WEBHOOK_URL": flask_app.url}
    with running_program(tmp_path_factory.mktemp("flask"), **settings) as running:
        yield Relay(running, flask_app)


def test_the_guide_step_by_step(fresh: Relay, flask_app, folder):
    with Ffmpeg(clips.make("obama-2009", folder)) as sender:
        config = {"stream_url": sender.url, "threshold": 0.6, "camera_id": CAMERA_ID}
        assert curl(fresh, "PUT", "/api/config", config) == (200, {"stream_url": sender.url, "threshold": 0.6})

        status, registered = curl(
            fresh,
            "POST",
            "/api/register",
            {
                "name": NAME,
                "encoding": encoding_of("obama-2012"),
                "image_url": "https://example.org/maria.jpg",
                "client_id": "client-1",
            },
        )
        assert (status, registered["success"], registered["total_users"]) == (200, True, 1)

        status, started = curl(fresh, "POST", "/api/start")
        assert (status, started["status"], started["stream_url"]) == (200, "started", sender.url)
        assert curl(fresh, "POST", "/api/start")[0] == 400
        status, refused = curl(fresh, "PUT", "/api/config", {"stream_url": "http://127.0.0.1:9/other"})
        assert status == 400 and refused["error"]

        fresh.until_state("default", "live")
        head, feed = seconds_of_feed(fresh, 2).split(b"\r\n\r\n", 1)
        assert b"content-type: multipart/x-mixed-replace; boundary=frame" in head.lower()
        first, picture = feed.split(b"\r\n\r\n", 1)
        assert first.startswith(b"--frame\r\nContent-Type: image/jpeg")
        assert picture.startswith(b"\xff\xd8\xff")
        assert feed.count(b"--frame\r\n") > 3

        until(lambda: curl(fresh, "GET", "/api/results")[1]["results"])
        status, results = curl(fresh, "GET", "/api/results?limit=20")
        assert {result["name"] for result in results["results"]} == {NAME}
        result = results["results"][0]
        assert {"timestamp", "name", "confidence", "distance", "box"} <= result.keys()
        assert set(result["box"]) == {"top", "right", "bottom", "left"}
        assert abs(result["confidence"] - (1 - result["distance"])) < 0.011
        _, mine = curl(fresh, "GET", "/api/results/mar%C3%ADa%20pe%C3%B1a")
        assert mine["returned"] == mine["total"] >= 1

        told = fresh.until_told(CAMERA_ID, NAME)
        assert told["camera_stream_url"] == sender.url
        assert told["result"] in curl(fresh, "GET", "/api/results?limit=1000")[1]["results"]
        assert not flask_app.refused

        _, state = curl(fresh, "GET", "/api/status")
        assert (state["active"], state["stream_url"], state["encodings_loaded"]) == (True, sender.url, 1)
        status, stopped = curl(fresh, "POST", "/api/stop")
        assert (status, stopped["status"]) == (200, "stopped")
        fresh.until_state("default", "stopped")

        _, latest = curl(fresh, "GET", "/api/latest")
        assert latest["name"] == NAME
        _, stats = curl(fresh, "GET", "/api/stats")
        assert (stats["unknown_count"], stats["unique_persons"]) == (0, 1)
        assert stats["recognized"] == {NAME: stats["total_detections"]}
        assert curl(fresh, "GET", "/api/status")[1]["active"] is False
        # Stopped, it sees nobody.
        total = curl(fresh, "GET", "/api/results")[1]["total"]
        with pytest.raises(AssertionError):
            until(lambda: curl(fresh, "GET", "/api/results")[1]["total"] > total, COOL_DOWN_SECONDS + 1)
