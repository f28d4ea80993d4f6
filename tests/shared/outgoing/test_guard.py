"""The policy for webhook URLs, against hostile ones."""

import ipaddress
import re
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.outgoing import guard
from shared.outgoing.guard import check_header, check_link, check_url, is_public

HTTPS = "begin with https"
FORM = "form https"
UNSAFE = "spaces, line breaks"
FRAGMENT = "fragment"
USER = "user name or password"
HOST = "must name a host"
NAME = "not a valid name"
INTERNATIONAL = "not a valid international name"
DECIMAL = "four decimal numbers"
ADDRESS = "not on the public Internet"
PUBLIC = "public name"
BRACKETS = "brackets"
ZONE = "zone"
PORT = "443 or 8443 only"
ENCODED = "percent-encoded"
DOT = "full stop at the end"

HOSTILE = [
    # schemes and forms
    ("http://hooks.example.com/", HTTPS),
    ("http://127.0.0.1/", HTTPS),
    ("ftp://hooks.example.com/", HTTPS),
    ("file:///etc/passwd", HOST),
    ("gopher://hooks.example.com/", HTTPS),
    ("javascript:alert(1)", FORM),
    ("//hooks.example.com/", FORM),
    ("hooks.example.com/path", FORM),
    ("https:hooks.example.com", FORM),
    ("https:/hooks.example.com", FORM),
    ("https:///hooks.example.com", HOST),
    ("https://", HOST),
    ("https://?x=1", HOST),
    ("https://:443/", HOST),
    ("", FORM),
    # what parsers disagree about
    ("https://hooks.example.com\\@127.0.0.1/", UNSAFE),
    ("https:\\\\127.0.0.1/", UNSAFE),
    (" https://hooks.example.com/", UNSAFE),
    ("https://hooks.example.com/ ", UNSAFE),
    ("https://hooks.exa\tmple.com/", UNSAFE),
    ("https://hooks.example.com/\r\nX-Injected: 1", UNSAFE),
    ("https://hooks.example.com/\n", UNSAFE),
    ("https://hooks.example.com/\x00", UNSAFE),
    ("https://hooks.example.com/\x7f", UNSAFE),
    ("https://hooks.example.com/\u2028", UNSAFE),
    ("https://hooks.example.com/\u00a0", UNSAFE),
    ("https://127.0.0.1#@hooks.example.com/", FRAGMENT),
    ("https://hooks.example.com/#", FRAGMENT),
    ("https://user:password@hooks.example.com/", USER),
    ("https://user@hooks.example.com/", USER),
    ("https://hooks.example.com@127.0.0.1/", USER),
    ("https://@hooks.example.com/", USER),
    ("https://hooks.example.com/{path}", ENCODED),
    ('https://hooks.example.com/"', ENCODED),
    ("https://hooks.example.com/ü", ENCODED),
    # ports
    ("https://hooks.example.com:22/", PORT),
    ("https://hooks.example.com:80/", PORT),
    ("https://hooks.example.com:8080/", PORT),
    ("https://hooks.example.com:0/", "from 1 to 65535"),
    ("https://hooks.example.com:65536/", "from 1 to 65535"),
    ("https://hooks.example.com:443443/", HOST),
    ("https://hooks.example.com:-443/", HOST),
    ("https://hooks.example.com:٤٤٣/", HOST),
    ("https://hooks.example.com:443:22/", HOST),
    # names
    ("https://localhost/", PUBLIC),
    ("https://LOCALHOST/", PUBLIC),
    ("https://hooks.localhost/", PUBLIC),
    ("https://printer.local/", PUBLIC),
    ("https://metadata.google.internal/", PUBLIC),
    ("https://router.home.arpa/", PUBLIC),
    ("https://intranet/", PUBLIC),
    ("https://com/", PUBLIC),
    ("https://hooks.example.com./", DOT),
    ("https://localhost./", DOT),
    ("https://127.0.0.1./", DOT),
    ("https://hooks..example.com/", NAME),
    ("https://.example.com/", NAME),
    ("https://-hooks.example.com/", NAME),
    ("https://*.example.com/", NAME),
    (f"https://{'a' * 64}.example.com/", NAME),
    (f"https://{'a.' * 130}example.com/", NAME),
    ("https://%31%32%37.0.0.1/", NAME),
    ("https://hooks.example.com%2f@x/", USER),
    ("https://hooks.example.com%00.local/", NAME),
    ("https://hooks,example.com/", NAME),
    ("https://\ud800.example.com/", INTERNATIONAL),
    ("https://\U0001f4a9\u200d.example.com/", INTERNATIONAL),
    # IPv4 in all its forms
    ("https://127.0.0.1/", ADDRESS),
    ("https://127.0.0.1:8443/", ADDRESS),
    ("https://127.255.255.254/", ADDRESS),
    ("https://0.0.0.0/", ADDRESS),
    ("https://10.0.0.1/", ADDRESS),
    ("https://100.64.0.1/", ADDRESS),
    ("https://100.100.100.200/", ADDRESS),
    ("https://169.254.169.254/computeMetadata/v1/", ADDRESS),
    ("https://172.16.0.1/", ADDRESS),
    ("https://172.31.255.255/", ADDRESS),
    ("https://192.0.0.192/", ADDRESS),
    ("https://192.0.2.1/", ADDRESS),
    ("https://192.88.99.1/", ADDRESS),
    ("https://192.168.1.1/", ADDRESS),
    ("https://198.18.0.1/", ADDRESS),
    ("https://198.51.100.1/", ADDRESS),
    ("https://203.0.113.1/", ADDRESS),
    ("https://224.0.0.1/", ADDRESS),
    ("https://240.0.0.1/", ADDRESS),
    ("https://255.255.255.255/", ADDRESS),
    ("https://2130706433/", DECIMAL),
    ("https://0177.0.0.1/", DECIMAL),
    ("https://017700000001/", DECIMAL),
    ("https://0x7f.1/", DECIMAL),
    ("https://0x7f000001/", DECIMAL),
    ("https://0X7F.0.0.1/", DECIMAL),
    ("https://127.1/", DECIMAL),
    ("https://127.0.1/", DECIMAL),
    ("https://0/", DECIMAL),
    ("https://0x/", DECIMAL),
    ("https://127.0.0.01/", DECIMAL),
    ("https://256.256.256.256/", DECIMAL),
    ("https://1.2.3.4.5/", DECIMAL),
    ("https://134744072/", DECIMAL),
    ("https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/", ADDRESS),
    ("https://①②⑦.⓪.⓪.①/", ADDRESS),
    ("https://127。0。0。1/", ADDRESS),
    ("https://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/", PUBLIC),
    ("https://loc\u00adalhost/", PUBLIC),
    # IPv6
    ("https://[::1]/", ADDRESS),
    ("https://[0:0:0:0:0:0:0:1]:8443/", ADDRESS),
    ("https://[::]/", ADDRESS),
    ("https://[::ffff:127.0.0.1]/", ADDRESS),
    ("https://[::ffff:7f00:1]/", ADDRESS),
    ("https://[::ffff:8.8.8.8]/", ADDRESS),
    ("https://[::127.0.0.1]/", ADDRESS),
    ("https://[64:ff9b::7f00:1]/", ADDRESS),
    ("https://[64:ff9b:1::a00:1]/", ADDRESS),
    ("https://[2002:7f00:1::]/", ADDRESS),
    ("https://[2001:0:7f00:1::]/", ADDRESS),
    ("https://[2001:db8::1]/", ADDRESS),
    ("https://[3fff::1]/", ADDRESS),
    ("https://[5f00::1]/", ADDRESS),
    ("https://[100::1]/", ADDRESS),
    ("https://[fe80::1]/", ADDRESS),
    ("https://[fec0::1]/", ADDRESS),
    ("https://[fc00::1]/", ADDRESS),
    ("https://[fd00:ec2::254]/", ADDRESS),
    ("https://[ff02::1]/", ADDRESS),
    ("https://[fe80::1%eth0]/", ZONE),
    ("https://[fe80::1%25eth0]/", ZONE),
    ("https://[127.0.0.1]/", BRACKETS),
    ("https://[v1.x]/", BRACKETS),
    ("https://[]/", BRACKETS),
    ("https://[::1/", HOST),
    ("https://::1/", HOST),
    ("https://[::1]x/", HOST),
]


@pytest.mark.parametrize(("url", "message"), HOSTILE, ids=[ascii(url) for url, _ in HOSTILE])
def test_a_hostile_url_is_refused(url, message):
    with pytest.raises(ValueError, match=message):
        check_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "message"),
    [each for each in HOSTILE if each[1] not in (PORT, FRAGMENT)],
    ids=[ascii(url) for url, message in HOSTILE if message not in (PORT, FRAGMENT)],
)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_a_hostile_url_is_no_link_either(url, message, allow_loopback):
    if allow_loopback and guard.is_loopback_url(url):
        return
    with pytest.raises(ValueError, match=message):
        check_link(url, allow_loopback=allow_loopback)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://127.0.0.1#@hooks.example.com/", ADDRESS),
        ("https://shop.example.com/#<b>", ENCODED),
        ('https://shop.example.com/#"', ENCODED),
        ("https://shop.example.com/'", ENCODED),
        ("https://shop.example.com/#a#b", ENCODED),
        ("https://shop.example.com/#a\r\nb", ENCODED),
        ("https://shop.example.com/#" + "a" * 2_048, "at most 2048"),
        ("javascript:alert(1)", FORM),
        ("http://shop.example.com/", "must begin with https"),
    ],
)
def test_what_only_a_link_could_be_is_refused(url, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        check_link(url, allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        ("https://Shop.example.com:9443/Done?a=1&b=%22#/paid", None),
        (
            "https://m\u00fcnchen.example.com:9443/a#b",
            "https://xn--mnchen-3ya.example.com:9443/a#b",
        ),
    ],
)
def test_a_sound_link_is_kept_as_it_is(url, kept):
    assert check_link(url, allow_loopback=False) == (kept or url)


def test_a_link_to_this_machine_is_accepted_only_where_it_is_allowed():
    for url in ("http://localhost:3000/done", "https://127.0.0.1/"):
        assert check_link(url, allow_loopback=True) == url
        with pytest.raises(ValueError, match="must"):
            check_link(
                url.replace("http:", "https:").replace("127.0.0.1", "localhost"),
                allow_loopback=False,
            )


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/"),
        ("https://hooks.example.com/a/b?c=d&e=%20", "https://hooks.example.com/a/b?c=d&e=%20"),
        ("HTTPS://Hooks.Example.COM/Path", "https://hooks.example.com/Path"),
        ("https://hooks.example.com:443/", "https://hooks.example.com/"),
        ("https://hooks.example.com:/", "https://hooks.example.com/"),
        ("https://hooks.example.com:8443/", "https://hooks.example.com:8443/"),
        ("https://hooks.example.com?x=1", "https://hooks.example.com/?x=1"),
        ("https://hooks.example.com/@me;v=1,2!(x)", "https://hooks.example.com/@me;v=1,2!(x)"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://my_shop.example.com/", "https://my_shop.example.com/"),
        ("https://localhost.example.com/", "https://localhost.example.com/"),
        ("https://hooks.vocal/", "https://hooks.vocal/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2A00:1450:4001:0::1]:8443/", "https://[2a00:1450:4001::1]:8443/"),
    ],
)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_a_sound_url_is_accepted_in_normal_form(url, normal, allow_loopback):
    assert check_url(url, allow_loopback=allow_loopback) == normal
    assert check_url(normal, allow_loopback=allow_loopback) == normal
    assert requests.Request("POST", normal).prepare().url == normal


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://localhost:3000/hook", "http://localhost:3000/hook"),
        ("http://LOCALHOST:80", "http://localhost/"),
        ("http://shop.localhost:9/", "http://shop.localhost:9/"),
        ("http://127.0.0.1:5001/", "http://127.0.0.1:5001/"),
        ("http://127.8.8.8/", "http://127.8.8.8/"),
        ("http://[::1]:5001/", "http://[::1]:5001/"),
        ("https://localhost:3000/", "https://localhost:3000/"),
        ("https://localhost:443/", "https://localhost/"),
    ],
)
def test_this_machine_is_accepted_only_where_it_is_allowed(url, normal):
    assert check_url(url, allow_loopback=True) == normal
    with pytest.raises(ValueError, match=r"https|public|Internet"):
        check_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://hooks.example.com/", HTTPS),
        ("http://10.0.0.1/", HTTPS),
        ("ftp://localhost/", HTTPS),
        ("https://10.0.0.1/", ADDRESS),
        ("https://0.0.0.0/", ADDRESS),
        ("https://169.254.169.254/", ADDRESS),
        ("https://[::ffff:127.0.0.1]/", ADDRESS),
        ("http://127.1/", DECIMAL),
        ("http://user@localhost/", USER),
        ("https://hooks.example.com:3000/", PORT),
        ("https://printer.local/", PUBLIC),
    ],
)
def test_allowing_this_machine_allows_nothing_else(url, message):
    with pytest.raises(ValueError, match=message):
        check_url(url, allow_loopback=True)


def test_the_length_is_limited_before_and_after_normalising():
    base = "https://hooks.example.com/"
    longest = base + "a" * (2048 - len(base))
    assert check_url(longest, allow_loopback=False) == longest
    international = "https://bücher.example/" + "a" * (2048 - len("https://bücher.example/"))
    for url in (longest + "a", international, "https://" + "ü" * 10_000_000):
        with pytest.raises(ValueError, match="at most 2048 characters"):
            check_url(url, allow_loopback=False)


def test_messages_do_not_repeat_credentials():
    with pytest.raises(ValueError, match=USER) as refusal:
        check_url("https://user:hunter2@hooks.example.com/", allow_loopback=False)
    assert "hunter2" not in str(refusal.value)


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_special_is_public(ip):
    special = not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_link_local
    assert not (is_public(ip) and special)


@pytest.mark.parametrize(
    "ip",
    [
        "1.1.1.1",
        "8.8.8.8",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "223.255.255.255",
        "2001:200::1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "3ffe:ffff::1",
    ],
)
def test_addresses_of_the_internet_are_public(ip):
    assert is_public(ipaddress.ip_address(ip))


@settings(max_examples=200)
@given(st.text("aZ09.-_:/?#[]@!$&'()*+,;=%", max_size=20))
def test_the_client_reads_the_same_host_as_the_guard(text):
    try:
        normal = check_url(f"https://{text}.example.com{text}", allow_loopback=False)
    except ValueError:
        return
    host, port = re.fullmatch(r"https://([^/:]+)(?::([0-9]+))?/.*", normal).groups()
    sent = urlsplit(requests.Request("POST", normal).prepare().url)
    assert (sent.scheme, sent.netloc) == ("https", f"{host}:{port}" if port else host)


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_any_text_is_answered_by_a_url_or_a_refusal(text):
    for url in (text, f"https://{text}", f"https://hooks.example.com{text}"):
        try:
            normal = check_url(url, allow_loopback=False)
        except ValueError:
            continue
        assert normal.isascii()
        assert normal.startswith("https://")


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Custom", "a"), ("x_custom", "a b\tc"), ("X-Empty", ""), ("Authorization", "Bearer a=")],
)
def test_a_header_that_can_be_sent_is_accepted(name, value):
    check_header(name, value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("", "a", "name"),
        ("X Custom", "a", "name"),
        ("X-Custom:", "a", "name"),
        ("X-Custom\n", "a", "name"),
        ("X-Gr\u00fc\u00df", "a", "name"),
        ("X-Custom", "a\r\nX-Injected: b", "value"),
        ("X-Custom", "a\n b", "value"),
        ("X-Custom", "a\x00", "value"),
        ("X-Custom", " a", "value"),
        ("X-Custom", "a ", "value"),
        ("X-Custom", "gr\u00fc\u00df", "value"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(name, value, message):
    with pytest.raises(ValueError, match=rf"A header's {message} may hold only"):
        check_header(name, value)
