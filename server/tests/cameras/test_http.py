"""ffmpeg as a camera: motion JPEG over HTTP, with the type that browsers want and with the one that ffmpeg gives."""

import time

import pytest
import requests

from conftest import BACK_WITHIN_SECONDS, Relay
from senders import Ffmpeg

# More than a card and two pictures of the clip.
FEED_BYTES = 300_000
PROPER = "multipart/x-mixed-replace; boundary=ffmpeg"


@pytest.mark.parametrize("content_type", [PROPER, None], ids=["multipart", "octet-stream"])
def test_whoever_stands_before_it_is_named_and_told(relay: Relay, camera, person, content_type):
    with Ffmpeg(person.clip, content_type) as sender:
        login = sender.url.replace("//", "//admin:s3creto@") + "?pwd=s3creto&res=vga"
        relay.add(camera, login)
        event = relay.until_named(camera, person.name)
        assert event["face"]["verified"] == "server"
        status = relay.until_state(camera, "live")
        assert (status["fault"], status["reason"]) == (None, None)
        assert status["frames_per_second"] > 0
        told = relay.until_told(camera, person.name)
        assert told["camera_stream_url"] == sender.url + "?res=vga"
        assert {"timestamp", "name", "confidence", "distance", "box"} <= told["result"].keys()
        for path in ("/v1/cameras", "/v1/events", "/api/status", "/metrics"):
            assert "s3creto" not in requests.get(relay.url + path, timeout=30).text, path
        assert not relay.app.refused


def test_it_loses_its_power_and_comes_back(relay: Relay, camera, person):
    with Ffmpeg(person.clip) as sender:
        relay.add(camera, sender.url)
        relay.until_state(camera, "live")
        sender.stop()
        gone = relay.until_state(camera, "connecting")
        assert gone["fault"] in ("ended", "unreachable") and gone["reason"]
        # Long enough for the waits between attempts to have grown.
        time.sleep(4)
        assert relay.status(camera)["fault"] == "unreachable"
        seen = len(relay.events_of(camera))
        sender.start()
        assert relay.until_live(camera) < BACK_WITHIN_SECONDS
        relay.until_named(camera, person.name)
        assert len(relay.events_of(camera)) >= seen


def test_several_watch_and_each_sees_pictures(relay: Relay, camera, person):
    with Ffmpeg(person.clip) as sender:
        relay.add(camera, sender.url)
        relay.until_state(camera, "live")
        feed = f"{relay.url}/v1/cameras/{camera}/feed"
        viewers = [requests.get(feed, stream=True, timeout=30) for _ in range(3)]
        for viewer in viewers:
            assert viewer.headers["content-type"] == "multipart/x-mixed-replace; boundary=frame"
            # Whole parts, the first of which is the card that is shown until there is a picture.
            parts = viewer.raw.read(FEED_BYTES)
            assert parts.startswith(b"--frame\r\nContent-Type: image/jpeg\r\n")
            assert parts.count(b"\r\n--frame\r\n") >= 2
        assert relay.status(camera)["viewers"] == 3
        snapshot = requests.get(f"{relay.url}/v1/cameras/{camera}/snapshot", timeout=30)
        assert snapshot.headers["content-type"] == "image/jpeg"
        assert snapshot.content[:3] == b"\xff\xd8\xff"
        for viewer in viewers:
            viewer.close()
