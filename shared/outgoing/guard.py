"""Checks of URLs, addresses and headers: whom we call with what, and which links we keep.

`check_url` and `check_link` read a text in the same way, so what the one takes for a private host
is none for the other either. They only read the text and ask no DNS: a name need not resolve yet
when it is registered, and may resolve differently a second later. Only the address of the
connection counts, and the client checks it with `is_public`.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import idna

URL_CHARS_MAX = 2048
HOST_CHARS_MAX = 253
PORTS = (443, 8443)
PORT_MAX = 65_535

_URL = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?", re.IGNORECASE)
_HOST_PORT = re.compile(r"(\[[^\[\]]*\]|[^\[\]:]*)(?::([0-9]{0,5}))?")
_UNSAFE = re.compile(r"[\s\x00-\x20\x7f-\x9f\\]")
_PATH_QUERY = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]*")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"([\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?)?")

_NOT_HTTPS = "The URL must begin with https://."
_NOT_ENCODED = "Path and query must be percent-encoded: ASCII only, no quotes or braces."

# Names that public DNS does not answer. Sources: RFC 6761, 6762, 8375; ICANN's .internal; usage.
_PRIVATE_SUFFIXES = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "private",
    "lan",
    "corp",
    "home",
    "home.arpa",
)

# IANA's special-purpose registries, written out: the standard library's private networks differ
# between Python versions, and always lack some of these.
_REFUSED_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, metadata servers
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
# Outside this network: loopback, unspecified, IPv4-mapped and -compatible, NAT64, unique local,
# link- and site-local, multicast.
_GLOBAL_UNICAST_V6 = ip_network("2000::/3")
_REFUSED_V6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocol assignments, Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address belongs to one host on the public Internet.

    Source: IANA IPv4 and IPv6 special-purpose address registries.
    """
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in _REFUSED_V4)
    return ip in _GLOBAL_UNICAST_V6 and not any(ip in net for net in _REFUSED_V6)


def check_url(url: str, *, allow_loopback: bool) -> str:
    """Accept a URL to send webhooks to.

    Args:
        url: As the merchant wrote it: https, a public host, port 443 or 8443, at most 2,048
            characters, no credentials, no fragment.
        allow_loopback: Also accept http and any port, if the host is this machine. Only for the
            emulator.

    Returns:
        The URL in normal form: scheme and host in lower case, the host in ASCII, no default port,
        a path of at least `/`.

    Raises:
        ValueError: The URL is not allowed; the message is written for the merchant.
    """
    scheme, authority, path_query = _split(url)
    host, port = _host_port(authority)
    is_loopback = _check_place(scheme, host, allow_loopback=allow_loopback)
    if not is_loopback and port not in (None, *PORTS):
        raise ValueError("The URL may name port 443 or 8443 only.")
    default_port = 443 if scheme == "https" else 80
    suffix = "" if port in (None, default_port) else f":{port}"
    path = path_query if path_query.startswith("/") else f"/{path_query}"
    normal = f"{scheme}://{host}{suffix}{path}"
    _check_length(normal)
    return normal


def check_link(url: str, *, allow_loopback: bool) -> str:
    """Accept a URL that a browser or an app is to open, and that we do not call ourselves.

    Args:
        url: As the merchant wrote it: https, a public host, any port, at most 2,048 characters, no
            credentials; what does not belong into a URL, quotes above all, must be
            percent-encoded. It may have a fragment.
        allow_loopback: Also accept http, if the host is this machine. Only for the emulator.

    Returns:
        The URL unchanged if it is ASCII, else with its host in ASCII.

    Raises:
        ValueError: The URL is not allowed; the message is written for the merchant.
    """
    _check_length(url)
    base, mark, fragment = url.partition("#")
    if "'" in url or not _PATH_QUERY.fullmatch(fragment):
        raise ValueError(_NOT_ENCODED)
    scheme, authority, path_query = _split(base)
    host, port = _host_port(authority)
    _check_place(scheme, host, allow_loopback=allow_loopback)
    if url.isascii():
        return url
    suffix = "" if port is None else f":{port}"
    normal = f"{scheme}://{host}{suffix}{path_query}{mark}{fragment}"
    _check_length(normal)
    return normal


def _check_place(scheme: str, host: str, *, allow_loopback: bool) -> bool:
    """Check that a URL leads to a public host by https; return whether it leads to this machine."""
    is_loopback = allow_loopback and _is_loopback(host)
    if scheme != "https" and not (is_loopback and scheme == "http"):
        raise ValueError(_NOT_HTTPS)
    if not is_loopback:
        _check_public(host)
    return is_loopback


def is_loopback_url(url: str) -> bool:
    """Tell whether a URL, which must be valid, names this machine."""
    try:
        _, authority, _ = _split(url)
        host, _ = _host_port(authority)
    except ValueError:
        return False
    return _is_loopback(host)


def check_header(name: str, value: str) -> None:
    """Accept a header that HTTP can carry. Our own header names are checked elsewhere.

    Raises:
        ValueError: The header cannot be sent, or would be read as something else.

    Source: RFC 9110, section 5.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError("A header's name may hold only letters, digits and !#$%&'*+-.^_`|~.")
    if not _HEADER_VALUE.fullmatch(value):
        raise ValueError(
            "A header's value may hold only printable ASCII characters, no space at its ends."
        )


def _check_length(url: str) -> None:
    if len(url) > URL_CHARS_MAX:
        raise ValueError(f"The URL must have at most {URL_CHARS_MAX} characters.")


def _split(url: str) -> tuple[str, str, str]:
    _check_length(url)
    # Before any parsing: parsers disagree about these, and some drop them silently.
    if _UNSAFE.search(url):
        raise ValueError("The URL may not hold spaces, line breaks, control characters or `\\`.")
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("The URL must have the form https://host/path.")
    scheme, authority, path_query, fragment = match.groups()
    if fragment is not None:
        raise ValueError("The URL may not have a fragment (the part from `#`).")
    if "@" in authority:
        raise ValueError("The URL may not hold a user name or password. Use a header or the path.")
    if not _PATH_QUERY.fullmatch(path_query):
        raise ValueError(_NOT_ENCODED)
    return scheme.lower(), authority, path_query


def _host_port(authority: str) -> tuple[str, int | None]:
    match = _HOST_PORT.fullmatch(authority)
    if match is None or not match[1]:
        raise ValueError("The URL must name a host, and a port only as digits.")
    host = _ip_v6(match[1]) if match[1].startswith("[") else _name_or_ip_v4(match[1])
    port = int(match[2]) if match[2] else None
    if port is not None and not 1 <= port <= PORT_MAX:
        raise ValueError(f"The port must be from 1 to {PORT_MAX}.")
    return host, port


def _ip_v6(bracketed: str) -> str:
    try:
        ip = IPv6Address(bracketed[1:-1])
    except ValueError:
        raise ValueError("The brackets must hold an IPv6 address.") from None
    if ip.scope_id is not None:
        raise ValueError("The IPv6 address may not have a zone (the part from `%`).")
    return f"[{ip}]"


def _name_or_ip_v4(text: str) -> str:
    host = text.lower() if text.isascii() else _to_ascii(text)
    if host.endswith("."):
        raise ValueError("Leave out the full stop at the end of the host.")
    labels = host.split(".")
    if len(host) > HOST_CHARS_MAX or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("The host is not a valid name.")
    # No top-level domain is a number, so resolvers read such a host as an IPv4 address, in decimal,
    # octal or hexadecimal, with one to four parts. Only the usual form is accepted.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise ValueError("Write an IPv4 address as four decimal numbers.") from None
    return host


def _to_ascii(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode()
    except UnicodeError:  # includes idna.IDNAError
        raise ValueError("The host is not a valid international name.") from None


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    ip = _ip(host)
    if ip is None:
        return host == "localhost" or host.endswith(".localhost")
    # Not an IPv4-mapped address, which newer Pythons also call loopback.
    return ip in ip_network("127.0.0.0/8") or ip == IPv6Address("::1")


def _check_public(host: str) -> None:
    ip = _ip(host)
    if ip is not None:
        if not is_public(ip):
            raise ValueError("The address is not on the public Internet.")
        return
    is_private = any(host == name or host.endswith(f".{name}") for name in _PRIVATE_SUFFIXES)
    if "." not in host or is_private:
        raise ValueError("The host must be a public name, such as hooks.example.com.")
