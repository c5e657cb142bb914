"""Cameras that send as none should, beside a good one: it is read all the while, and the relay does not grow."""

import time
from contextlib import ExitStack
from datetime import datetime
from itertools import pairwise

import bad_sender
import clips
from bad_sender import Sender
from conftest import COOL_DOWN_SECONDS, Relay
from senders import Ffmpeg

LASTING_SECONDS = 15
# Between two events of somebody who stays: the cool-down, the next look at a face that is known, and a busy machine.
GAP_MAX_SECONDS = COOL_DOWN_SECONDS + 4
# A picture of 4K is 25 MB of pixels: one that is read, one that waits, and one at each of two places.
GROWTH_MAX_MB = 100
LARGE = (3840, 2160)

# What each comes to: the state, and the fault.
READ = ("live", None)
EXPECTED = {
    "no_lengths": READ,
    "wrong_boundary": READ,
    "truncated": READ,
    "only_truncated": ("stalled", "no-picture"),
    "drip": ("stalled", "no-picture"),
    "endless_head": ("stalled", "bad-picture"),
    "mute": ("stalled", "no-picture"),
    "large": READ,
}


def test_a_good_camera_is_read_beside_bad_ones(relay: Relay, camera, person, folder):
    pictures = clips.pictures_of(person.clip)[:20]
    large = clips.pictures_of(clips.make("obama-2012", folder, LARGE))[:3]
    with ExitStack() as senders:
        good = senders.enter_context(Ffmpeg(person.clip))
        relay.add(camera, good.url)
        relay.until_named(camera, person.name)
        before_mb = most_mb = relay.resident_mb()
        for style in EXPECTED:
            shown = large if style == "large" else pictures
            sends = bad_sender.proper if style == "large" else getattr(bad_sender, style)
            relay.add(style, senders.enter_context(Sender(sends, shown)).url)
        begun = time.monotonic()
        while time.monotonic() < begun + LASTING_SECONDS:
            most_mb = max(most_mb, relay.resident_mb())
            assert relay.status(camera)["state"] == "live"
            time.sleep(0.2)
        found = {style: relay.status(style) for style in EXPECTED}
        gaps = gaps_of(relay.events_of(camera), person.name)
        for style in EXPECTED:
            relay.remove(style)
    assert {style: (status["state"], status["fault"]) for style, status in found.items()} == EXPECTED
    for style, (state, _) in EXPECTED.items():
        assert (found[style]["reason"] is None) == (state == "live"), found[style]
    assert max(gaps) < GAP_MAX_SECONDS, gaps
    assert len(gaps) * GAP_MAX_SECONDS > LASTING_SECONDS
    assert most_mb < before_mb + GROWTH_MAX_MB, f"{before_mb} MB became {most_mb} MB"


def gaps_of(events: list[dict], name: str) -> list[float]:
    """Seconds between the events that name that person."""
    times = [datetime.fromisoformat(event["occurred_at"]) for event in events if event["face"]["name"] == name]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
