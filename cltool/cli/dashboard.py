"""``cltool dashboard``: the report of a folder of runs, served while they go on."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from cltool.cli.output import flush, message, say
from cltool.core import exit_codes

PORT = 8765


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("runs", metavar="RUNS", help="a folder of runs, or a run folder")
    parser.add_argument(
        "--port", type=int, default=PORT, help="port on this machine; 0: any free one [%(default)s]"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(options: argparse.Namespace) -> int:
    """Serve the folder's report until Ctrl-C."""
    from cltool.reporting.live.builder import Builder, BuildProcess
    from cltool.reporting.live.folder import RunsFolder
    from cltool.reporting.live.server import Dashboard

    build = BuildProcess()
    builder = Builder(RunsFolder.open(Path(options.runs)), build)
    with Dashboard(builder, options.port) as server:
        builder.start()
        say(f"The dashboard of {options.runs} is at {server.url} (Ctrl-C ends it).")
        flush()
        if not options.no_browser and _has_display():
            threading.Thread(target=_open, args=(server.url,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            message("The dashboard has ended.")
        finally:
            build.end()
            builder.end()
    return exit_codes.DONE


def _has_display() -> bool:
    """Return whether a browser would have a window; one in the terminal would be in the way."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(url: str) -> None:
    import webbrowser

    webbrowser.open(url)
