"""Cameras that send motion JPEG over HTTP as none should."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

FRAME_SECONDS = 0.1
GOODBYE = b"\r\n"


def part(picture: bytes, boundary: str = "frame", length: int | None = None) -> bytes:
    """One picture with its head."""
    named = b"" if length is None else f"Content-Length: {length}\r\n".encode()
    return f"--{boundary}\r\nContent-Type: image/jpeg\r\n".encode() + named + b"\r\n" + picture + GOODBYE


def no_lengths(pictures: list[bytes]) -> Iterator[bytes]:
    for picture in paced(pictures):
        yield part(picture)


def wrong_boundary(pictures: list[bytes]) -> Iterator[bytes]:
    """Another boundary than was named, and lengths that are wrong."""
    for picture in paced(pictures):
        yield part(picture, boundary="another", length=17)


def truncated(pictures: list[bytes]) -> Iterator[bytes]:
    """Every other picture is cut short."""
    for index, picture in enumerate(paced(pictures)):
        yield part(picture[: len(picture) // 2] if index % 2 else picture, length=len(picture))


def only_truncated(pictures: list[bytes]) -> Iterator[bytes]:
    """No picture is whole."""
    for picture in paced(pictures):
        yield part(picture[: len(picture) // 2], length=len(picture))


def proper(pictures: list[bytes]) -> Iterator[bytes]:
    for picture in paced(pictures):
        yield part(picture, length=len(picture))


def drip(pictures: list[bytes]) -> Iterator[bytes]:
    """A byte a second."""
    for byte in part(pictures[0], length=len(pictures[0])):
        yield bytes([byte])
        time.sleep(1)


def endless_head(_: list[bytes]) -> Iterator[bytes]:
    """The head of a part that never ends, as fast as it is taken."""
    yield b"--frame\r\n"
    while True:
        yield b"X-Filler: and so on\r\n" * 1000


def hangs_up(pictures: list[bytes]) -> Iterator[bytes]:
    """One picture, then the end."""
    yield part(pictures[0], length=len(pictures[0]))


def mute(_: list[bytes]) -> Iterator[bytes]:
    """Nothing at all."""
    time.sleep(3600)
    yield b""


def paced(pictures: list[bytes]) -> Iterator[bytes]:
    """The pictures again and again, ten a second."""
    while True:
        for picture in pictures:
            yield picture
            time.sleep(FRAME_SECONDS)


class Sender:
    """A camera on a port of this machine, until the context ends."""

    def __init__(self, style: Callable[[list[bytes]], Iterator[bytes]], pictures: list[bytes]):
        self.style = style
        self.pictures = pictures
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/stream"

    def listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection: socket.socket):
        kind = b"multipart/x-mixed-replace; boundary=frame"
        with connection:
            try:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n")
                for piece in self.style(self.pictures):
                    connection.sendall(piece)
            except OSError:
                """Whoever reads hung up."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
