"""A relay that reads cameras, the people before them, and the app that is told, for the tests of cameras."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

import clips
from next_app import NextApp
from real_relay import Running, running_program, until

SECRET = "a-secret-of-the-camera-tests"
# How soon a camera that came back is seen again.
BACK_WITHIN_SECONDS = 5
# The same person at the same camera is told again after so long.
COOL_DOWN_SECONDS = 2


@dataclass(frozen=True)
class Relay:
    """A relay, and the app that it tells."""

    running: Running
    app: NextApp

    @property
    def url(self) -> str:
        return self.running.url

    def get(self, path: str) -> dict:
        answer = requests.get(self.url + path, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def enrol(self, person: clips.Person):
        answer = requests.post(f"{self.url}/v1/people", json=person.enrolment, timeout=30)
        assert answer.status_code == 201, answer.text

    def add(self, camera: str, stream_url: str, **more) -> dict:
        """Adds a camera, which is read from then on; the app knows it too."""
        self.app.known_cameras.add(camera)
        body = {"id": camera, "name": camera, "stream_url": stream_url, **more}
        answer = requests.post(f"{self.url}/v1/cameras", json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def remove(self, camera: str):
        assert requests.delete(f"{self.url}/v1/cameras/{camera}", timeout=30).status_code == 204

    def status(self, camera: str) -> dict:
        return self.get(f"/v1/cameras/{camera}")["status"]

    def until_state(self, camera: str, state: str) -> dict:
        """The status, once the camera is in that state."""
        found = {}

        def is_so():
            found.update(self.status(camera))
            return found["state"] == state

        try:
            until(is_so, 30)
        except AssertionError:
            raise AssertionError(f"{camera} is not {state}: {found}") from None
        return found

    def events_of(self, camera: str) -> list[dict]:
        """What it saw, the oldest first."""
        events = self.get("/v1/events?limit=1000")["events"]
        return [event for event in reversed(events) if event["camera_id"] == camera]

    def until_named(self, camera: str, name: str) -> dict:
        """The first event that names that person."""

        def named():
            return next((event for event in self.events_of(camera) if event["face"]["name"] == name), None)

        try:
            return until(named, 30)
        except AssertionError:
            found = [event["face"]["name"] for event in self.events_of(camera)]
            raise AssertionError(f"{camera} named {found}: {self.status(camera)}") from None

    def until_told(self, camera: str, name: str) -> dict:
        """The first webhook that names that person."""
        return until(lambda: next((told for told in self.app.of(camera) if told["result"]["name"] == name), None), 30)

    def until_live(self, camera: str) -> float:
        """How many seconds it takes until the camera is live."""
        begun = time.monotonic()
        self.until_state(camera, "live")
        return time.monotonic() - begun

    def resident_mb(self) -> float:
        lines = Path(f"/proc/{self.running.pid}/status").read_text().splitlines()
        (line,) = (line for line in lines if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1000


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def person(folder) -> clips.Person:
    """Who is enrolled."""
    return clips.enrolled(folder)


@pytest.fixture(scope="session")
def stranger(folder) -> clips.Person:
    """Who is not."""
    return clips.stranger(folder)


@pytest.fixture(scope="session")
def app():
    server = NextApp(SECRET)
    yield server
    server.close()


@pytest.fixture(scope="session")
def settings(app) -> dict[str, str]:
    """Of a relay that reads cameras of this machine and tells the app; the rest is as it is for everybody."""
    return {
        "ROSTRO_ALLOWED_CAMERA_HOSTS": "127.0.0.0/8",
        "ROSTRO_REPORTS_COOL_DOWN_S": str(COOL_DOWN_SECONDS),
        "NEXTJS_WEBHOOK_URL": app.url,
        "FACIAL_RECOGNITION_WEBHOOK_SECRET": SECRET,
    }


@pytest.fixture(scope="session")
def relay(settings, app, person, tmp_path_factory):
    """A relay at which that person is enrolled."""
    with running_program(tmp_path_factory.mktemp("relay"), **settings) as running:
        relay = Relay(running, app)
        relay.enrol(person)
        yield relay


@pytest.fixture
def camera(relay, request):
    """The id of a camera for one test alone; whatever was added under it is removed."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[:60]
    yield name
    requests.delete(f"{relay.url}/v1/cameras/{name}", timeout=30)
