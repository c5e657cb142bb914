"""Who is in a clip: the person who is enrolled is named, somebody else is not, on cameras side by side."""

import time

from conftest import Relay
from senders import Ffmpeg

# Long enough for several looks at everybody.
LASTING_SECONDS = 6


def test_the_enrolled_person_is_named_and_the_stranger_is_not(relay: Relay, camera, person, stranger):
    other = f"{camera[:50]}-stranger"
    with Ffmpeg(person.clip) as sender, Ffmpeg(stranger.clip) as strange:
        relay.add(camera, sender.url)
        relay.add(other, strange.url)
        relay.until_named(camera, person.name)
        relay.until_named(other, None)
        time.sleep(LASTING_SECONDS)
        relay.remove(other)
    assert {event["face"]["name"] for event in relay.events_of(other)} == {None}
    assert person.name in {event["face"]["name"] for event in relay.events_of(camera)}
    told = relay.app.of(other)
    assert {body["result"]["name"] for body in told} == {"Desconocido"}
