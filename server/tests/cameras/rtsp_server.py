"""A camera that speaks RTSP: GStreamer's server plays a clip for ever, on the loopback address only.

Needs the Python of the system, and of Debian's packages: gir1.2-gst-rtsp-server-1.0, python3-gi and
gstreamer1.0-plugins-good. When it is ready it prints one line of JSON with its address, {"url": "rtsp://…"}. It ends
when its standard input does, so that no test can leave it behind.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ADDRESS = "127.0.0.1"
PATH = "/camera"
ROLE = "viewer"
UDP_PORTS = (20000, 39999)
BETWEEN_PICTURES = b"\xff\xd9\xff\xd8"

LOGINS = {
    "none": None,
    "basic": GstRtsp.RTSPAuthMethod.BASIC,
    "digest": GstRtsp.RTSPAuthMethod.DIGEST,
}
TRANSPORTS = {
    "any": GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP,
    "tcp": GstRtsp.RTSPLowerTrans.TCP,
    "udp": GstRtsp.RTSPLowerTrans.UDP,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path, help="motion JPEG: JPEG files one after the other")
    parser.add_argument("--codec", choices=["h264", "mjpeg", "h265", "vp8"], default="h264")
    parser.add_argument("--fps", type=int, default=15)
    parser.add_argument("--gop", type=int, default=15, help="frames from one key frame to the next")
    parser.add_argument("--kbps", type=int, default=3000)
    parser.add_argument("--audio", action="store_true", help="offers sound as well, before the video")
    parser.add_argument("--login", choices=LOGINS, default="none")
    parser.add_argument("--user", default="camera")
    parser.add_argument("--password", default="a password: with @ in it")
    parser.add_argument("--transport", choices=TRANSPORTS, default="any", help="the others are refused with 461")
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    return parser.parse_args()


def split(clip: Path, folder: Path) -> None:
    """Writes the pictures of a clip as files of their own."""
    pictures = clip.read_bytes().split(BETWEEN_PICTURES)
    for index, picture in enumerate(pictures):
        start = b"" if index == 0 else BETWEEN_PICTURES[2:]
        end = b"" if index == len(pictures) - 1 else BETWEEN_PICTURES[:2]
        (folder / f"{index:05}.jpg").write_bytes(start + picture + end)


def pipeline(args: argparse.Namespace, folder: Path) -> str:
    video = "pay1" if args.audio else "pay0"
    coded = {
        "h264": f"openh264enc gop-size={args.gop} bitrate={args.kbps * 1000} rate-control=bitrate complexity=low"
        f" ! h264parse ! rtph264pay config-interval=-1 name={video} pt=96",
        "h265": f"x265enc speed-preset=ultrafast ! rtph265pay name={video} pt=96",
        "vp8": f"vp8enc deadline=1 ! rtpvp8pay name={video} pt=96",
        "mjpeg": f"jpegenc quality=90 ! rtpjpegpay name={video} pt=26",
    }[args.codec]
    # JPEG has the whole range of values, video usually not; the range is converted on the way to other pixels only.
    narrowed = "video/x-raw,format=RGB ! videoconvert ! video/x-raw,format=I420,colorimetry=bt601"
    raw = "video/x-raw,format=I420" if args.codec == "mjpeg" else narrowed
    source = f'multifilesrc location="{folder}/%05d.jpg" loop=true caps="image/jpeg,framerate={args.fps}/1"'
    sound = "audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 pt=8 " if args.audio else ""
    return f"( {sound}{source} ! jpegdec ! videoconvert ! {raw} ! {coded} )"


def factory(args: argparse.Namespace, folder: Path) -> GstRtspServer.RTSPMediaFactory:
    media = GstRtspServer.RTSPMediaFactory()
    media.set_launch(pipeline(args, folder))
    media.set_shared(True)
    media.set_protocols(TRANSPORTS[args.transport])
    loopback = GstRtspServer.RTSPAddressPool()
    loopback.add_range(ADDRESS, ADDRESS, *UDP_PORTS, 0)
    media.set_address_pool(loopback)
    if LOGINS[args.login] is not None:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role(ROLE, "media.factory.access", True)
        permissions.add_permission_for_role(ROLE, "media.factory.construct", True)
        media.set_permissions(permissions)
    return media


def authentication(args: argparse.Namespace) -> GstRtspServer.RTSPAuth:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(LOGINS[args.login])
    if args.login == "digest":
        auth.add_digest(args.user, args.password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(args.user, args.password), token)
    return auth


def main() -> None:
    args = arguments()
    Gst.init(None)
    loop = GLib.MainLoop()
    with tempfile.TemporaryDirectory() as name:
        split(args.clip, Path(name))
        server = GstRtspServer.RTSPServer()
        server.set_address(ADDRESS)
        server.set_service(str(args.port))
        if LOGINS[args.login] is not None:
            server.set_auth(authentication(args))
        server.get_mount_points().add_factory(PATH, factory(args, Path(name)))
        if server.attach(None) == 0:
            sys.exit(f"port {args.port} cannot be listened on")
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 15, loop.quit)
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, ended, loop)
        print(json.dumps({"url": f"rtsp://{ADDRESS}:{server.get_bound_port()}{PATH}"}), flush=True)
        loop.run()


def ended(stdin, _condition, loop) -> bool:
    """Ends the loop with the input, and skips what is written to it."""
    if stdin.readline():
        return True
    loop.quit()
    return False


if __name__ == "__main__":
    main()
