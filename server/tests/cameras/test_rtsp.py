"""GStreamer's server as a camera: H.264 and motion JPEG over RTSP, by TCP and UDP, with and without a login."""

import time

import pytest

from conftest import BACK_WITHIN_SECONDS, Relay
from senders import Rtsp

# Of the camera, and the transport that the relay is told to ask for.
KINDS = [
    ("h264", "none", "tcp"),
    ("h264", "digest", "udp"),
    ("mjpeg", "basic", "tcp"),
    ("mjpeg", "none", "udp"),
]


@pytest.mark.parametrize(("codec", "login", "transport"), KINDS, ids=["-".join(kind) for kind in KINDS])
def test_whoever_stands_before_it_is_named_and_told(relay: Relay, camera, person, codec, login, transport):
    with Rtsp(person.clip, codec=codec, login=login, transport=transport) as sender:
        given = {} if login == "none" else {"username": sender.USER, "password": sender.PASSWORD}
        added = relay.add(camera, sender.url, rtsp_transport=transport, **given)
        assert added["has_credentials"] == bool(given)
        relay.until_named(camera, person.name)
        assert relay.until_state(camera, "live")["frames_per_second"] > 0
        assert relay.until_told(camera, person.name)["camera_stream_url"] == sender.url


@pytest.mark.parametrize("login", ["basic", "digest"])
def test_a_wrong_login_and_none(relay: Relay, camera, person, login):
    with Rtsp(person.clip, login=login) as sender:
        relay.add(camera, sender.url)
        assert relay.until_state(camera, "auth-failed")["fault"] == "login-needed"
        relay.remove(camera)
        relay.add(camera, sender.url.replace("//", f"//{sender.USER}:falso@"))
        refused = relay.until_state(camera, "auth-failed")
        assert refused["fault"] == "login-refused"
        assert "falso" not in str(relay.get("/v1/cameras"))


def test_what_it_offers_is_said_where_that_is_not_read(relay: Relay, camera, person):
    with Rtsp(person.clip, codec="h265") as sender:
        relay.add(camera, sender.url)
        status = relay.until_state(camera, "unsupported")
        assert status["fault"] == "unsupported"
        assert "H265" in status["reason"].upper().replace(".", "")


def test_it_loses_its_power_and_comes_back(relay: Relay, camera, person):
    with Rtsp(person.clip) as sender:
        relay.add(camera, sender.url)
        relay.until_state(camera, "live")
        sender.stop()
        gone = relay.until_state(camera, "connecting")
        assert gone["fault"] in ("ended", "unreachable") and gone["reason"]
        time.sleep(3)
        sender.start()
        assert relay.until_live(camera) < BACK_WITHIN_SECONDS
