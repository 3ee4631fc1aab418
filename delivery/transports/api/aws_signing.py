"""Amazon's signature of a request, version 4, for POST to the root of a service. Pure but for the clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from urllib.parse import urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    user: str
    secret: str = field(repr=False)
    region: str
    service: str


def headers(url: str, given: dict[str, str], body: bytes, signer: Signer, at: datetime | None = None) -> dict[str, str]:
    """Those given, and the ones that prove who asks."""
    stamp = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{signer.region}/{signer.service}/aws4_request"
    signed = {name.lower(): value.strip() for name, value in given.items()}
    signed |= {"host": urlsplit(url).netloc, "x-amz-date": stamp}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{signer.secret}".encode()
    for part in scope.split("/"):
        key = digest(key, part.encode(), "sha256")
    signature = digest(key, to_sign.encode(), "sha256").hex()
    proof = f"{_ALGORITHM} Credential={signer.user}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**given, "X-Amz-Date": stamp, "Authorization": proof}
