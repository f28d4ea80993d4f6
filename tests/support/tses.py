"""A TSE for tests: it signs receipts as those of German tills do."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.domain.loyalty import tse_receipts

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass(frozen=True)
class TestTse:
    """A TSE with a key of its own."""

    __test__ = False
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public_key(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.b64encode(point).decode()

    @property
    def serial(self) -> str:
        return hashlib.sha256(base64.b64decode(self.public_key)).hexdigest()

    def receipt(
        self, gross: str = "28.50", number: int = 1, at: datetime = NOON, kind: str = "Beleg"
    ) -> str:
        """Return the code of a receipt, all of it with the general rate of VAT."""
        time = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        data = f"{kind}^{gross}_0.00_0.00_0.00_0.00^{gross}:Bar"
        head = f"V0;till-1;Kassenbeleg-V1;{data};{number};{number + 100};{time};{time}"
        text = f"{head};ecdsa-plain-SHA256;unixTime;{{}};{self.public_key}"
        unsigned = tse_receipts.parse(text.format("AAAA"))
        message = tse_receipts._signed_message(replace(unsigned))
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return text.format(base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode())
