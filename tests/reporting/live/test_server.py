"""The server of the dashboard, asked through a real socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.reporting.live.builder import Builder
from cltool.reporting.live.folder import RunsFolder
from cltool.reporting.live.page import served
from cltool.reporting.live.server import Dashboard

from .beats import write_beat

PAGE = """<!DOCTYPE html>
<html lang="en"><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:">
</head><body>the report</body></html>"""


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    (tmp_path / "runs").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    return Builder(RunsFolder.open(tmp_path / "runs"), lambda folder: PAGE)


@pytest.fixture
def server(builder: Builder) -> Iterator[Dashboard]:
    with Dashboard(builder, 0) as one:
        thread = threading.Thread(target=one.serve_forever, args=(0.01,))
        thread.start()
        yield one
        one.shutdown()
        thread.join()


def ask(
    server: Dashboard, path: str = "/", method: str = "GET", host: str | None = None
) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest(method, path, skip_host=True)
    if host != "":
        connection.putheader("Host", host or f"127.0.0.1:{server.port}")
    connection.endheaders()
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def test_the_page_is_served_with_its_policy(server: Dashboard, builder: Builder) -> None:
    builder.page = served(PAGE)

    response, body = ask(server)

    assert response.status == 200 and body.encode() == builder.page.body
    assert response.headers["Content-Security-Policy"] == builder.page.policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_before_there_is_a_page_it_says_so(server: Dashboard) -> None:
    response, body = ask(server)

    assert response.status == 200
    assert "no runs in this folder yet" in body
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_status_has_the_runs_in_progress(server: Dashboard, builder: Builder) -> None:
    write_beat(builder.folder.path / "replay-seed1")
    builder.page, builder.error = served(PAGE), "a file is damaged"

    response, body = ask(server, "/status.json")

    status = json.loads(body)
    assert response.headers["Content-Type"] == "application/json"
    assert status["version"] == builder.page.version
    assert (status["building"], status["error"]) == (False, "a file is damaged")
    assert [(one["strategy"], one["step"], one["steps"]) for one in status["runs"]] == [
        ("replay", 2, 8)
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/runs/",
        "/run.json",
        "//etc/passwd",
        "/status.json/../secret.txt",
        "/status.json/",
        "/%2e%2e/secret.txt",
        "/\\..\\secret.txt",
        "http://127.0.0.1/secret.txt",
        "file:///etc/passwd",
        "*",
    ],
)
def test_no_path_leads_to_a_file(server: Dashboard, path: str) -> None:
    response, body = ask(server, path)

    assert response.status == 404
    assert "secret" not in body and "root:" not in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", "[::1]"])
def test_another_host_is_refused(server: Dashboard, builder: Builder, host: str) -> None:
    builder.page = served(PAGE)

    for path in ("/", "/status.json"):
        response, body = ask(server, path, host=host.format(port=server.port))
        assert response.status == 403
        assert "report" not in body and "version" not in body


def test_two_hosts_are_refused(server: Dashboard) -> None:
    own = f"127.0.0.1:{server.port}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        text = f"GET / HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\n\r\n"
        connection.sendall(text.encode())
        assert b" 403 " in connection.recv(64)


def test_localhost_is_the_same_machine(server: Dashboard) -> None:
    assert ask(server, host=f"LOCALHOST:{server.port}")[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_can_be_written(server: Dashboard, method: str) -> None:
    response, body = ask(server, "/<script>", method)

    assert response.status == 501
    assert "<" not in body, "nothing of the request is repeated"


def test_the_head_of_an_answer_has_no_body(server: Dashboard, builder: Builder) -> None:
    builder.page = served(PAGE)

    response, body = ask(server, method="HEAD")

    assert body == "" and response.headers["Content-Length"] == str(len(builder.page.body))


def test_only_this_machine_is_listened_to(server: Dashboard) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.port}/"


def test_it_answers_while_another_request_is_open(server: Dashboard) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as slow:
        slow.sendall(b"GET / HT")
        assert ask(server)[0].status == 200


def test_a_port_in_use_is_refused_in_one_sentence(server: Dashboard, builder: Builder) -> None:
    with pytest.raises(UserError, match=f"port {server.port} is in use") as raised:
        Dashboard(builder, server.port)

    assert "--port" in raised.value.hint


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_does_not_exist_is_refused(builder: Builder, port: int) -> None:
    with pytest.raises(UserError, match=f"no port {port}"):
        Dashboard(builder, port)
