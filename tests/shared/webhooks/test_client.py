"""The outgoing client, against receivers on this machine that behave well, badly and worse."""

import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests.adapters
import urllib3.util.ssl_
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.outgoing import session
from shared.webhooks import client
from shared.webhooks.client import Attempt
from tests.support.certificates import self_signed

BODY = b'{"type":"loyalty.points_earned"}'
HEADERS = {"Content-Type": "application/json", "webhook-id": "evt_1"}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SOON_MS = 3000  # generous, for busy machines; without the deadline it would be for ever
METADATA = "http://169.254.169.254/computeMetadata/v1/"


class Receiver:
    """A server that keeps every request and lets `answer(connection)` do what it likes."""

    def __init__(self, answer, *, tls=None, host="127.0.0.1"):
        self.answer = answer
        self.tls = tls
        self.requests = []
        self.connections_count = 0
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family, backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # Wakes the thread in accept, which closing alone would leave there.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections_count += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                while request := read_request(connection):
                    self.requests.append(request)
                    self.answer(connection)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    while len(body) < int(headers["Content-Length"]):
        piece = connection.recv(65_536)
        if not piece:  # who hung up in the middle has sent nothing
            return None
        body += piece
    return first, headers, body


@pytest.fixture
def receive():
    receivers = []

    def start(answer, **kwargs):
        send = (lambda connection: connection.sendall(answer)) if type(answer) is bytes else answer
        receivers.append(Receiver(send, **kwargs))
        return receivers[-1]

    yield start
    for receiver in receivers:
        receiver.close()


@pytest.fixture
def resolve(monkeypatch):
    """Replace the name server: each look-up takes the next list of addresses, the last for ever."""
    asked = []

    def answer(*answers, port=None):
        def getaddrinfo(host, given_port, *_args, **_kwargs):
            addresses = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
            return [
                (
                    socket.AF_INET6 if ":" in address else socket.AF_INET,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    (address, port or given_port or 443) + ((0, 0) if ":" in address else ()),
                )
                for address in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return answer


def post(url, *, headers=HEADERS, timeout_s=5.0, allow_loopback=True):
    return client.post(
        url, body=BODY, headers=headers, timeout_s=timeout_s, allow_loopback=allow_loopback
    )


def outcome(attempt):
    return (attempt.status, attempt.error, attempt.response_text)


def drip(prefix, piece):
    def answer(connection):
        connection.sendall(prefix)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return answer


def test_the_bytes_and_headers_arrive_as_they_are(receive):
    receiver = receive(OK)
    attempt = post(receiver.url + "?a=%20b")
    assert attempt == Attempt(200, attempt.duration_ms, "ok")
    assert 0 <= attempt.duration_ms < SOON_MS
    assert receiver.requests == [
        (
            "POST /hook?a=%20b HTTP/1.1",
            {
                "Host": f"127.0.0.1:{receiver.port}",
                "User-Agent": "Punktwerk-Webhooks/1",
                "Accept-Encoding": "identity",
                "Accept": "*/*",
                "Connection": "keep-alive",
                "Content-Type": "application/json",
                "webhook-id": "evt_1",
                "Content-Length": str(len(BODY)),
            },
            BODY,
        )
    ]


@pytest.mark.parametrize("status", [200, 201, 400, 401, 404, 410, 429, 500, 503, 599])
def test_any_status_is_an_answer(receive, status):
    receiver = receive(f"HTTP/1.1 {status} Whatever\r\nContent-Length: 4\r\n\r\ntext".encode())
    assert outcome(post(receiver.url)) == (status, None, "text")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receive, status):
    elsewhere = receive(OK)
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
    receiver = receive(head.encode())
    assert outcome(post(receiver.url)) == (status, None, "")
    assert (len(receiver.requests), elsewhere.requests) == (1, [])


@pytest.mark.parametrize("location", [METADATA, "//[", "\xff", "gopher://x/", "file:///etc/passwd"])
def test_a_redirect_to_anywhere_is_just_a_status(receive, resolve, location):
    receiver = receive(
        f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    )
    asked = resolve(["127.0.0.1"], port=receiver.port)
    assert outcome(post(receiver.url)) == (302, None, "")
    assert len(receiver.requests) == 1
    assert set(asked) == {"127.0.0.1"}


@pytest.mark.parametrize("head", [b"200 OK\r\n", b"302 Found\r\nLocation: /elsewhere\r\n"])
def test_of_an_endless_body_only_the_beginning_is_read(receive, head):
    sent_bytes = 0

    def answer(connection):
        nonlocal sent_bytes
        connection.sendall(b"HTTP/1.1 " + head + b"\r\n")
        while True:
            sent_bytes += connection.send(b"x" * 65_536)

    attempt = post(receive(answer).url)
    assert outcome(attempt) == (int(head[:3]), None, "x" * 2048)
    assert attempt.duration_ms < SOON_MS
    time.sleep(0.05)
    assert sent_bytes < 16 * 1024 * 1024  # what the sockets' buffers took


def test_a_chunked_answer_is_put_together(receive):
    receiver = receive(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    )
    assert outcome(post(receiver.url)) == (200, None, "onetwo")
    assert outcome(post(receiver.url)) == (200, None, "onetwo")
    assert receiver.connections_count == 1


def test_2048_characters_are_kept_not_bytes(receive):
    body = ("ü" * 3000).encode()
    receiver = receive(b"HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n" + body)
    assert post(receiver.url).response_text == "ü" * 2048


def test_bytes_that_are_no_text_are_replaced(receive):
    receiver = receive(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\na\xff\x00b")
    assert outcome(post(receiver.url)) == (500, None, "a\ufffd\x00b")


def test_a_compressed_body_is_not_unpacked(receive):
    receiver = receive(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"
    )
    assert outcome(post(receiver.url)) == (200, None, "\x1f\ufffd\x08")


def test_a_body_that_breaks_off_leaves_the_status(receive):
    def answer(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
        connection.shutdown(socket.SHUT_RDWR)

    assert outcome(post(receive(answer).url)) == (200, None, "part")


def test_a_slow_body_leaves_the_status_and_ends_in_time(receive):
    receiver = receive(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"))
    attempt = post(receiver.url, timeout_s=0.3)
    assert (attempt.status, attempt.error) == (200, None)
    assert set(attempt.response_text) == {"x"}
    assert 300 <= attempt.duration_ms < SOON_MS


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"", b""),
        drip(b"HTTP/1.1 200", b" "),
        drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "status line", "headers", "continue"],
)
def test_a_slow_answer_ends_in_time(receive, answer):
    receiver = receive(answer)
    attempt = post(receiver.url, timeout_s=0.1)
    assert outcome(attempt) == (None, "timeout", "")
    assert 100 <= attempt.duration_ms < SOON_MS


def test_a_flood_of_interim_answers_ends_in_time(receive):
    def answer(connection):
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    attempt = post(receive(answer).url, timeout_s=0.1)
    assert outcome(attempt) == (None, "timeout", "")
    assert 100 <= attempt.duration_ms < SOON_MS


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\xff\xfegarbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc Not a number\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    ],
    ids=["binary", "ssh", "status", "long line", "many headers", "two lengths"],
)
def test_what_is_not_http_is_told(receive, answer):
    receiver = receive(answer)
    assert outcome(post(receiver.url)) == (None, "invalid_response", "")
    assert len(receiver.requests) == 1


def test_a_connection_closed_without_an_answer(receive):
    receiver = receive(lambda connection: connection.shutdown(socket.SHUT_RDWR))
    assert outcome(post(receiver.url)) == (None, "connection_failed", "")
    assert len(receiver.requests) == 1


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert outcome(post(f"http://127.0.0.1:{port}/")) == (None, "connection_failed", "")


def test_a_name_that_does_not_resolve(monkeypatch):
    def getaddrinfo(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    attempt = post("https://hooks.example.com/", allow_loopback=False)
    assert outcome(attempt) == (None, "name_not_resolved", "")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (b"Retry-After: 120\r\n", 120),
        (b"Retry-After: 0\r\n", 0),
        (b"Retry-After: 999999\r\n", 86_400),
        (b"Retry-After: soon\r\n", None),
        (b"", None),
        (
            (
                b"Date: Tue, 03 Mar 2026 12:00:00 GMT\r\n"
                b"Retry-After: Tue, 03 Mar 2026 12:01:30 GMT\r\n"
            ),
            90,
        ),
        (b"Retry-After: Tue, 03 Mar 2020 12:01:30 GMT\r\n", 0),
        (b"Date: never\r\nRetry-After: Tue, 03 Mar 2020 12:01:30 GMT\r\n", 0),
    ],
)
def test_retry_after_of_an_answer(receive, headers, seconds):
    receiver = receive(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n" + headers + b"\r\n")
    attempt = post(receiver.url)
    assert (attempt.status, attempt.retry_after_s) == (503, seconds)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.88.99.1",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "fe80::1",
        "fec0::1",
        "fd00:ec2::254",
        "ff02::1",
        "100:0:0:1::1",
    ],
)
def test_a_name_that_resolves_to_a_special_address_is_refused(receive, resolve, address):
    receiver = receive(OK)
    asked = resolve([address], ["127.0.0.1"], port=receiver.port)
    attempt = post("https://hooks.example.com/", allow_loopback=False)
    assert outcome(attempt) == (None, "address_refused", "")
    assert asked == ["hooks.example.com"]
    assert receiver.connections_count == 0


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::7f00:1", "fec0::1"])
def test_allowing_this_machine_does_not_allow_its_network(resolve, address):
    resolve([address])
    assert post("http://localhost:3000/").error == "address_refused"


def test_a_name_that_rebinds_after_the_check_gets_no_byte(receive, resolve):
    receiver = receive(OK)
    asked = resolve(["93.184.215.14"], ["127.0.0.1"], port=receiver.port)
    attempt = post("https://rebind.example.com/", allow_loopback=False)
    assert outcome(attempt) == (None, "address_refused", "")
    # The second look-up is that of the address, pinned by the first: no name server is asked.
    assert asked == ["rebind.example.com", "93.184.215.14"]
    assert receiver.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        METADATA,
        "https://user:password@hooks.example.com/",
        "not a url",
    ],
)
def test_a_url_that_the_guard_refuses_is_not_even_looked_up(resolve, url):
    asked = resolve(["93.184.215.14"])
    assert outcome(post(url, allow_loopback=False)) == (None, "url_refused", "")
    assert asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Custom": "a\r\nX-Injected: b"},
        {"X-Custom": "a\n b"},
        {"X-Custom": "grüß"},
        {"X-Custom": " a"},
        {"X-Custom\r\n": "a"},
        {"X Custom": "a"},
        {"": "a"},
    ],
)
def test_headers_that_cannot_be_sent_are_refused(receive, headers):
    receiver = receive(OK)
    assert outcome(post(receiver.url, headers=headers)) == (None, "invalid_headers", "")
    assert receiver.connections_count == 0


def test_callers_headers_are_left_alone_and_cannot_name_another_host(receive):
    receiver = receive(OK)
    headers = {"user-agent": "mine", "Host": "other.example.com", "X-Empty": ""}
    assert post(receiver.url, headers=headers).status == 200
    assert headers == {"user-agent": "mine", "Host": "other.example.com", "X-Empty": ""}
    arrived = receiver.requests[0][1]
    assert arrived["Host"] == f"127.0.0.1:{receiver.port}"
    assert arrived["User-Agent"] == "Punktwerk-Webhooks/1"
    assert "user-agent" not in arrived


def test_proxies_and_logins_of_the_environment_are_not_used(receive, monkeypatch, tmp_path):
    proxy, receiver = receive(OK), receive(OK)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert post(receiver.url).status == 200
    assert proxy.connections_count == 0
    assert "Authorization" not in receiver.requests[0][1]


def test_cookies_are_not_kept(receive):
    receiver = receive(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n")
    for _ in range(2):
        assert post(receiver.url).status == 200
    assert [("Cookie" in headers) for _, headers, _ in receiver.requests] == [False, False]


def test_a_connection_is_used_again_unless_the_receiver_has_closed_it(receive):
    closed = threading.Event()

    def answer(connection):
        last = len(receiver.requests) == 3
        connection.sendall(OK)
        if last:
            connection.shutdown(socket.SHUT_RDWR)
            closed.set()

    receiver = receive(answer)
    assert [post(receiver.url).status for _ in range(3)] == [200, 200, 200]
    assert receiver.connections_count == 1
    assert closed.wait(5)
    assert post(receiver.url).status == 200
    assert receiver.connections_count == 2


def test_an_idle_connection_is_not_used_again(receive, monkeypatch):
    receiver = receive(OK)
    monkeypatch.setattr(session, "_IDLE_S_MAX", 0.05)
    assert post(receiver.url).status == 200
    time.sleep(0.06)
    assert post(receiver.url).status == 200
    assert receiver.connections_count == 2


def test_a_connection_to_this_machine_is_not_used_when_that_is_not_allowed(receive, resolve):
    receiver = receive(OK)
    assert post(f"http://localhost:{receiver.port}/").status == 200
    resolve(["127.0.0.1"])
    attempt = post("https://hooks.example.com/", allow_loopback=False)
    assert attempt.error == "address_refused"
    assert len(receiver.requests) == 1


def test_a_connection_whose_answer_was_cut_is_not_used_again(receive):
    def answer(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99_999)

    receiver = receive(answer)
    for count in (1, 2):
        assert outcome(post(receiver.url)) == (200, None, "x" * 2048)
        assert receiver.connections_count == count


def test_threads_do_not_disturb_each_other(receive):
    fast, slow = receive(OK), receive(drip(b"", b""))

    def work(number):
        if number % 4:
            return post(fast.url).status
        return post(slow.url, timeout_s=0.1).error

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(32)))
    assert results == ["timeout", 200, 200, 200] * 8
    assert len(fast.requests) == 24


def test_ipv6_works_where_the_machine_has_it(receive):
    try:
        receiver = receive(OK, host="::1")
    except OSError:
        pytest.skip("This machine has no IPv6 loopback.")
    assert outcome(post(f"http://[::1]:{receiver.port}/")) == (200, None, "ok")
    assert receiver.requests[0][1]["Host"] == f"[::1]:{receiver.port}"


@pytest.fixture(scope="module")
def certify(tmp_path_factory):
    def make(name):
        return self_signed(name, tmp_path_factory.mktemp("tls"))

    return make


def test_tls_is_verified_against_the_name_not_the_pinned_address(receive, certify, monkeypatch):
    context, cert_file = certify("localhost")
    names = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    receiver = receive(OK, tls=context)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", cert_file)
    assert outcome(post(f"https://localhost:{receiver.port}/")) == (200, None, "ok")
    assert outcome(post(f"https://127.0.0.1:{receiver.port}/")) == (None, "tls_failed", "")
    assert names == ["localhost", None]
    assert len(receiver.requests) == 1


def test_the_authorities_are_read_once(receive, certify, monkeypatch):
    context, cert_file = certify("localhost")
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    receiver = receive(answer, tls=context)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", cert_file)
    read = []

    class Context(ssl.SSLContext):
        def load_verify_locations(self, *files):
            read.append(files[0])
            super().load_verify_locations(*files)

    monkeypatch.setattr(urllib3.util.ssl_, "SSLContext", Context)
    for count in (1, 2):
        assert post(f"https://localhost:{receiver.port}/").status == 200
        assert receiver.connections_count == count
    assert read == [cert_file]


def test_authorities_trusted_before_are_not_trusted_by_others(receive, certify, monkeypatch):
    context, cert_file = certify("localhost")
    receiver = receive(OK, tls=context)
    with monkeypatch.context() as patch:
        patch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", cert_file)
        assert post(f"https://localhost:{receiver.port}/").status == 200
    monkeypatch.setattr(session, "_sessions", session._Sessions())
    assert post(f"https://localhost:{receiver.port}/").error == "tls_failed"


def test_an_unknown_certificate_is_refused(receive, certify):
    receiver = receive(OK, tls=certify("localhost")[0])
    attempt = post(f"https://localhost:{receiver.port}/")
    assert outcome(attempt) == (None, "tls_failed", "")
    assert receiver.requests == []


def test_a_slow_answer_over_tls_ends_in_time(receive, certify, monkeypatch):
    context, cert_file = certify("localhost")
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", cert_file)
    receiver = receive(drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), tls=context)
    attempt = post(f"https://localhost:{receiver.port}/", timeout_s=0.1)
    assert outcome(attempt) == (None, "timeout", "")
    assert 100 <= attempt.duration_ms < SOON_MS


def test_a_tls_handshake_that_never_ends_ends_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        attempt = post(f"https://localhost:{listener.getsockname()[1]}/", timeout_s=0.1)
    assert outcome(attempt) == (None, "timeout", "")
    assert 100 <= attempt.duration_ms < SOON_MS


def test_plain_http_on_a_tls_port_is_a_tls_failure():
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        attempt = pool.submit(post, f"https://localhost:{listener.getsockname()[1]}/")
        connection, _ = listener.accept()
        with connection:
            connection.sendall(OK)
            assert outcome(attempt.result()) == (None, "tls_failed", "")


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_whatever_a_receiver_says_is_an_attempt(garbage, has_status_line):
    def answer(connection):
        connection.sendall((b"HTTP/1.1 200 OK\r\n" if has_status_line else b"") + garbage)
        connection.shutdown(socket.SHUT_RDWR)

    receiver = Receiver(answer)
    attempt = post(receiver.url)
    assert (attempt.status is None) != (attempt.error is None)
    receiver.close()
