"""Other systems for flows in a browser: ``python -m tests.support.stand_ins till``.

It prints a line of JSON, what the product has to be told of the system, and then takes commands: a
line with a list each, a name and what it needs. Each is answered by a line. It ends with its input.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias, cast

from tests.support import aws, vendor_shops, woocommerce_site
from tests.support.vendor_shops.base import Buyer, WrittenShop
from tools import korona_stand_in, psp_stand_in

Told: TypeAlias = Mapping[str, Any]
Commands: TypeAlias = Mapping[str, Callable[..., Any]]


@contextmanager
def payments() -> Iterator[tuple[Told, Commands]]:
    """Run a payment provider. From ``refuse`` to ``accept`` it pays nothing back."""
    with psp_stand_in.running() as provider:

        def refuse() -> None:
            refusal = json.dumps({"code": "declined", "message": "The bank says no."}).encode()

            def after(_: str, path: str) -> tuple[int, bytes] | None:
                return (402, refusal) if path.endswith("/refunds") else None

            provider.after = after

        def accept() -> None:
            provider.after = lambda *_: None

        told = {
            "apiUrl": provider.url,
            "apiKey": psp_stand_in.API_KEY,
            "notificationSecret": psp_stand_in.NOTIFICATION_SECRET,
        }
        yield told, {"refuse": refuse, "accept": accept}


@contextmanager
def till() -> Iterator[tuple[Told, Commands]]:
    """Run a till system. Between ``hold`` and ``release`` it is silent; ``lock`` is for good."""
    with korona_stand_in.running() as system:
        is_free, is_locked = threading.Event(), threading.Event()
        is_free.set()

        def after(_: str, __: str) -> korona_stand_in.Instead | None:
            is_free.wait()
            return (401, b"{}", {}) if is_locked.is_set() else None

        system.after = after
        yield (
            system.credentials,
            {
                "product": system.put_product,
                "hold": is_free.clear,
                "release": is_free.set,
                "lock": is_locked.set,
            },
        )


@contextmanager
def shop() -> Iterator[tuple[Told, Commands]]:
    """Run a shop into which cards are written; only who has joined has an account there."""
    with vendor_shops.running("woocommerce") as running:
        made = cast("WrittenShop", running)

        def join(number: int) -> None:
            made.join(Buyer(number))

        def card(number: int) -> Any:
            return made.card_of(Buyer(number))[0]

        yield made.credentials, {"join": join, "card": card}


@contextmanager
def site() -> Iterator[tuple[Told, Commands]]:
    """Run a shop that gives a key to who is let in on a page of its own."""
    with woocommerce_site.woo_site() as made:
        yield (
            {"baseUrl": made.url},
            {
                "key": made.new_key,
                "webhooks": lambda: len(made.webhooks),
            },
        )


@contextmanager
def queue() -> Iterator[tuple[Told, Commands]]:
    """Run a queue of Amazon SQS, as moto plays it."""
    from moto.server import ThreadedMotoServer  # Late, as only this one needs it.

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        account = aws.Aws(f"http://{host}:{port}")
        url = account.queue("loyalty")

        def messages() -> list[str]:
            return [each["Body"] for each in account.messages(url)]

        key = {name: aws.ACCESS_KEY[name] for name in ("accessKeyId", "secretAccessKey")}
        yield {"queueUrl": url, **key}, {"messages": messages}
    finally:
        server.stop()


SYSTEMS: Mapping[str, Callable[[], AbstractContextManager[tuple[Told, Commands]]]] = {
    each.__name__: each for each in (payments, till, shop, site, queue)
}


def main(name: str) -> None:
    """Run a system until the input ends."""
    with SYSTEMS[name]() as (told, commands):
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        for line in sys.stdin:
            command, *given = json.loads(line)
            answer = commands[command](*given)
            sys.stdout.write(f"{json.dumps(answer, default=float)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
