"""The receiver of webhooks as the Next.js app has it: it checks the secret, resolves the camera, and answers 201."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = "/api/facial-recognition/webhook"


class NextApp(ThreadingHTTPServer):
    """Takes detections of the cameras that it knows, by their id or by their address."""

    daemon_threads = True

    def __init__(self, secret: str):
        super().__init__(("127.0.0.1", 0), Webhook)
        self.secret = secret
        self.known_cameras = set()
        self.detections = []
        self.refused = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"

    def of(self, camera_id: str) -> list[dict]:
        """What was told of a camera."""
        return [body for body in list(self.detections) if body["camera_id"] == camera_id]

    def close(self):
        self.shutdown()
        self.server_close()

    def answer_to(self, authorization: str | None, body: dict) -> tuple[int, dict]:
        """The status and the answer, in the order in which the app looks."""
        if authorization != f"Bearer {self.secret}":
            return 401, {"error": "Unauthorized"}
        result = body.get("result")
        if not result:
            return 400, {"error": "Missing required field: result"}
        if not {body.get("camera_id"), body.get("camera_stream_url")} & self.known_cameras:
            return 400, {"error": "No camera found. Provide camera_id or camera_stream_url"}
        self.detections.append(body)
        known = result["name"] != "Desconocido"
        detection = {
            "id": f"detection-{len(self.detections)}",
            "status": "MATCHED" if known else "UNKNOWN",
            "clientId": result["name"] if known else None,
            "confidence": result["confidence"],
            "occurredAt": body.get("timestamp") or result["timestamp"],
        }
        return 201, {"success": True, "detection": detection}


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, answer = self.server.answer_to(self.headers.get("Authorization"), body)
        if status != 201:
            self.server.refused.append((status, body))
        answer = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Keeps the requests out of the test output."""
