"""Cameras as they are sold, played by ffmpeg and by GStreamer's RTSP server, each as a process of its own."""

import json
import os
import subprocess
import threading
from pathlib import Path

from real_relay import free_port

FPS = 10
# Debian's packages are for its own Python only.
SYSTEM_PYTHON = os.environ.get("ROSTRO_CAMERA_SENDERS", "/usr/bin/python3")
RTSP_SERVER = Path(__file__).with_name("rtsp_server.py")
LIMIT_SECONDS = 20


class Ffmpeg:
    """A clip as motion JPEG over HTTP, again and again: ffmpeg serves one viewer and ends, so it is started anew for
    the next."""

    def __init__(self, clip: Path, content_type: str | None = None):
        self.clip = clip
        self.content_type = content_type
        self.port = free_port()
        self.process = None
        self.is_on = False
        self.lock = threading.Lock()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/stream"

    def start(self):
        self.is_on = True
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def stop(self):
        """Kills it, as a camera loses its power."""
        with self.lock:
            self.is_on = False
            if self.process is not None:
                self.process.kill()
        self.thread.join(LIMIT_SECONDS)

    def serve(self):
        while True:
            with self.lock:
                if not self.is_on:
                    return
                self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.process.wait()

    def command(self) -> list:
        command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-re", "-stream_loop", "-1", "-framerate", str(FPS)]
        command += ["-f", "mjpeg", "-i", self.clip, "-c", "copy", "-f", "mpjpeg", "-listen", "1"]
        if self.content_type:
            command += ["-content_type", self.content_type]
        return [*command, self.url]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Rtsp:
    """A clip over RTSP; the options are those of `rtsp_server.py`."""

    USER = "camera"
    PASSWORD = "a password: with @ in it"

    def __init__(self, clip: Path, **options: str):
        self.clip = clip
        self.options = {"fps": str(FPS), "gop": str(FPS), "user": self.USER, "password": self.PASSWORD, **options}
        self.port = 0
        self.start()

    def start(self):
        options = [part for name, value in self.options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON, RTSP_SERVER, self.clip, "--port", str(self.port), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line, f"the RTSP server ended: {self.process.wait(LIMIT_SECONDS)}"
        self.url = json.loads(line)["url"]
        self.port = int(self.url.split(":")[2].split("/")[0])

    def stop(self):
        """Kills it, as a camera loses its power."""
        self.process.kill()
        self.process.wait(LIMIT_SECONDS)
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
