"""The server of the dashboard: a page and its status for this machine, and nothing else.

It listens on the loopback interface only. Another site that a browser has open cannot read it:
a request must name this server as its host (against DNS rebinding), and nothing is given to other
origins. No path leads to a file.
"""

from __future__ import annotations

import errno
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from typing_extensions import override

from cltool.core.errors import UserError
from cltool.reporting.live.builder import Builder
from cltool.reporting.live.page import STATUS, waiting

HOST = "127.0.0.1"

FORMAT = 1
"""Version of the status."""

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Dashboard(ThreadingHTTPServer):
    """Serves the page of a folder of runs.

    Args:
        builder: keeps the page.
        port: the port; 0 for any that is free.

    Raises:
        UserError: the port is in use, or must not be used.
    """

    daemon_threads = True

    def __init__(self, builder: Builder, port: int) -> None:
        self.builder = builder
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise _refusal(port, error) from error
        except OverflowError as error:
            raise UserError(f"there is no port {port}", where="--port") from error

    @override
    def server_bind(self) -> None:
        """Bind the port; the name of the machine is not looked up, which may take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.port

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self.port}/"

    def status(self) -> dict[str, Any]:
        """Return what the page asks for."""
        builder = self.builder
        return {
            "format": FORMAT,
            "version": builder.page.version if builder.page is not None else None,
            "building": builder.building,
            "error": builder.error,
            "runs": builder.folder.in_progress(),
        }

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a browser that closed its connection."""


def _refusal(port: int, error: OSError) -> UserError:
    if error.errno == errno.EADDRINUSE:
        what = f"port {port} is in use by another program"
    elif error.errno == errno.EACCES:
        what = f"port {port} may not be used"
    else:
        what = f"port {port} cannot be used: {error.strerror or error}"
    hint = "Choose another one with --port; with --port 0, any free one is used."
    return UserError(what, where="--port", hint=hint)


class _Handler(BaseHTTPRequestHandler):
    server: Dashboard  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version = "cltool"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer with the page or its status."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer like `do_GET`, without a body."""
        self._answer()

    def _answer(self) -> None:
        port = self.server.port
        hosts = self.headers.get_all("Host") or []
        if [host.lower() for host in hosts] not in ([f"{HOST}:{port}"], [f"localhost:{port}"]):
            self._refuse(403, "This server answers only under the address that it printed.")
            return
        path = self.path.partition("?")[0]
        if path == "/":
            builder = self.server.builder
            page = builder.page or waiting(builder.folder, builder.error)
            policy = {"Content-Security-Policy": page.policy}
            self._send(200, "text/html; charset=utf-8", page.body, policy)
        elif path == f"/{STATUS}":
            body = json.dumps(self.server.status(), allow_nan=False).encode()
            self._send(200, "application/json", body)
        else:
            self._refuse(404, "There is nothing here. The dashboard is at /.")

    @override
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that cannot be understood; nothing of it is repeated."""
        self._refuse(int(code), "This server answers GET only.")

    def _refuse(self, code: int, text: str) -> None:
        self.close_connection = True
        self._send(code, "text/plain; charset=utf-8", f"{text}\n".encode(), {"Connection": "close"})

    def _send(
        self, code: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(code)
        for name, value in (HEADERS | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the terminal is for what the user has to know."""
