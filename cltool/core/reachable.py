"""Finds out within seconds whether a server on the web answers."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

WAIT = 4.0
"""Seconds to wait for a server before it counts as out of reach."""


def answers(endpoint: str) -> bool:
    """Return whether a connection to a server, or to the proxy in front of it, can be made.

    Args:
        endpoint: its address, as in ``https://example.org``.
    """
    host = urlsplit(endpoint).hostname or ""
    proxy = "" if proxy_bypass(host) else getproxies().get(urlsplit(endpoint).scheme, "")
    # A proxy may be named without a scheme.
    target = urlsplit(proxy if "://" in proxy else f"http://{proxy}" if proxy else endpoint)
    port = target.port or (443 if target.scheme == "https" else 80)
    found = threading.Event()

    def connect() -> None:
        try:
            with socket.create_connection((target.hostname or "", port), timeout=WAIT):
                found.set()
        except OSError:
            pass

    # Looking up a host name can take much longer than the timeout of the connection.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(WAIT)
    return found.is_set()
