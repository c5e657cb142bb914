"""The Flask API as its Python clients call it, with requests: register, start, results, latest, stats, config, stop."""

import math

import requests

from real_relay import base64_of, encoding_of, until

NAME = "María Peña"


def call(relay, method, path, **options):
    answer = requests.request(method, f"{relay}/api{path}", timeout=30, **options)
    return answer.status_code, answer.json()


def show(relay, name):
    """Shows the relay a picture, as a camera would."""
    body = {"image": base64_of(name), "timestamp": "2026-11-22T10:00:00Z"}
    assert requests.post(f"{relay}/webrtc/face/", json=body, timeout=30).status_code == 200


def test_nothing_has_been_seen_yet(relay):
    status, body = call(relay, "GET", "/latest")
    assert status == 404 and set(body) == {"error"}
    assert call(relay, "GET", "/results") == (200, {"results": [], "total": 0})


def test_register_takes_the_array_that_face_recognition_gives(relay):
    status, body = call(relay, "POST", "/register", json={"name": NAME, "encoding": encoding_of("obama-2012")})
    assert status == 200
    assert (body["success"], body["total_users"]) == (True, 1)
    assert call(relay, "POST", "/register", json={"name": NAME, "encoding": [0.5] * 127}) == (
        400,
        {"error": "Encoding must be 128-dimensional, got (127,)"},
    )
    assert call(relay, "POST", "/register", json={"name": NAME}) == (400, {"error": "name and encoding are required"})


def test_start_results_stop(relay):
    status, body = call(relay, "POST", "/start")
    assert (status, body["status"]) == (200, "started")
    assert call(relay, "POST", "/start")[0] == 400
    for picture in ("obama-2009", "biden-2010"):
        show(relay, picture)
    _, body = call(relay, "GET", "/results", params={"limit": 20})
    assert [result["name"] for result in body["results"]] == [NAME, "Desconocido"]
    for result in body["results"]:
        assert set(result) >= {"timestamp", "name", "confidence", "distance", "box"}
        assert set(result["box"]) >= {"top", "right", "bottom", "left"}
        assert math.isclose(result["confidence"], max(0, 1 - result["distance"]), abs_tol=0.006)
    assert call(relay, "GET", "/latest") == (200, body["results"][-1])
    _, mine = call(relay, "GET", f"/results/{NAME.upper()}")
    assert (mine["total"], mine["returned"]) == (1, 1)
    _, stats = call(relay, "GET", "/stats")
    assert (stats["total_detections"], stats["recognized"], stats["unknown_count"]) == (2, {NAME: 1}, 1)
    _, state = call(relay, "GET", "/status")
    assert (state["active"], state["total_results"], state["encodings_loaded"]) == (True, 2, 1)
    assert call(relay, "POST", "/stop")[1]["status"] == "stopped"


def test_the_webhook_has_the_secret_and_the_same_results(relay, receiver):
    until(lambda: len(receiver.deliveries) >= 2)
    assert all(authorized for authorized, _ in receiver.deliveries)
    results = call(relay, "GET", "/results")[1]["results"]
    delivered = [body["result"] for _, body in receiver.deliveries]
    for result in results:
        assert result in delivered


def test_config_changes_the_threshold(relay):
    status, body = call(relay, "PUT", "/config", json={"threshold": 0.5})
    assert status == 200
    assert (body["threshold"], "stream_url" in body) == (0.5, True)
