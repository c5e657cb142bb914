"""Socket.IO clients are told of cameras: that a browser's camera is to start and to stop, and how the relay's are."""

import requests
import socketio

import pytest

import clips
from conftest import Relay
from real_relay import running_program, until
from senders import Ffmpeg


class Browser:
    """A client that keeps what it is told of cameras."""

    def __init__(self, url: str):
        self.told = []
        self.removed = []
        self.socket = socketio.Client(reconnection=False)
        self.socket.on("camera", self.told.append)
        self.socket.on("camera_removed", self.removed.append)
        self.socket.connect(url, transports=["websocket"], wait_timeout=10)

    def until_told(self, camera: str, is_right) -> dict:
        return until(lambda: next((one for one in self.told if one["id"] == camera and is_right(one)), None), 30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.disconnect()


@pytest.fixture(scope="module")
def fresh(settings, app, tmp_path_factory):
    """A relay whose camera a browser drives."""
    with running_program(tmp_path_factory.mktemp("sockets"), **settings) as running:
        yield Relay(running, app)


def test_a_browser_is_told_to_start_and_to_stop(fresh: Relay):
    with Browser(fresh.url) as browser:
        for path, enabled in (("/api/start", True), ("/api/stop", False)):
            browser.told.clear()
            assert requests.post(fresh.url + path, timeout=30).status_code == 200
            told = browser.until_told("default", lambda one: one["enabled"] is enabled)
            assert told["stream_url"] is None


def test_until_somebody_switches_the_default_camera_nobody_waits_for_it(settings, app, tmp_path):
    def put(**change):
        assert requests.put(relay.url + "/api/config", json=change, timeout=30).status_code == 200

    with running_program(tmp_path, **settings) as running:
        relay = Relay(running, app)
        with Browser(relay.url) as browser:
            put(camera_id="hall")
            put(camera_id=None)
            # Whatever was to be told of that comes before this.
            requests.post(relay.url + "/v1/cameras", json={"id": "door", "name": "Door"}, timeout=30)
            browser.until_told("door", lambda _: True)
            assert {one["id"] for one in browser.told} == {"door"}
            assert requests.post(relay.url + "/api/stop", timeout=30).status_code == 200
            browser.until_told("default", lambda one: not one["enabled"])
        with Browser(relay.url) as browser:
            assert not browser.until_told("default", lambda _: True)["enabled"]


def test_a_camera_that_a_browser_drives_is_live_once_it_is_heard_of(fresh: Relay, person):
    assert requests.post(fresh.url + "/api/start", timeout=30).status_code == 200
    with Browser(fresh.url) as browser:
        picture = ("face.jpg", clips.pictures_of(person.clip)[0], "image/jpeg")
        answer = requests.post(fresh.url + "/webrtc/face/", files={"frame": picture}, timeout=30)
        assert answer.status_code == 200, answer.text
        live = browser.until_told("default", lambda one: one["status"]["state"] == "live")
        assert fresh.status("default")["since"] == live["status"]["since"]
        assert requests.post(fresh.url + "/api/stop", timeout=30).status_code == 200
        browser.until_told("default", lambda one: one["status"]["state"] == "stopped")


def test_a_browser_that_comes_again_is_told_what_was_switched_off_meanwhile(fresh: Relay):
    for camera, enabled in (("desk", True), ("door", False)):
        driven = {"id": camera, "name": camera, "enabled": enabled}
        assert requests.post(fresh.url + "/v1/cameras", json=driven, timeout=30).status_code == 201
    with Browser(fresh.url) as browser:
        told = browser.until_told("door", lambda one: not one["enabled"])
        assert (told["camera_id"], told["stream_url"]) == ("door", None)
        assert {one["id"] for one in browser.told} == {"default", "door"}


def test_a_camera_that_is_removed_is_told_once(fresh: Relay):
    for camera, url in (("gate", "http://127.0.0.1:9/"), ("yard", None)):
        new = {"id": camera, "name": camera, "enabled": True, "stream_url": url}
        assert requests.post(fresh.url + "/v1/cameras", json=new, timeout=30).status_code == 201
    with Browser(fresh.url) as browser:
        for camera in ("gate", "yard"):
            assert requests.delete(f"{fresh.url}/v1/cameras/{camera}", timeout=30).status_code == 204
        until(lambda: {"id": "yard"} in browser.removed, 30)
        assert browser.removed == [{"id": "gate"}, {"id": "yard"}]


def test_how_a_camera_is_comes_as_it_changes(relay: Relay, camera, person):
    with Browser(relay.url) as browser, Ffmpeg(person.clip) as sender:
        relay.add(camera, sender.url)
        live = browser.until_told(camera, lambda one: one["status"]["state"] == "live")
        assert live["stream_url"] == sender.url
        browser.told.clear()
        sender.stop()
        gone = browser.until_told(camera, lambda one: one["status"]["state"] == "connecting")
        assert gone["status"]["reason"]
