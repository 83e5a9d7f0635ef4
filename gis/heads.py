"""Signed heads: the register's last hash, signed and kept outside the database.

What an owner rewrites inside the database, its whole chain included, no longer meets the heads that were signed before.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass(frozen=True)
class SignedHeads:
    """A folder with an Ed25519 key (``key``, mode 0600) and a log of heads (``<city>.heads``), one JSON line each."""

    folder: Path
    city: str

    def append(self, number: int, digest: bytes) -> None:
        """Sign a head and append it; lines of concurrent writers don't mix."""
        signature = self._key.sign(self._message(number, digest))
        line = json.dumps({"changeset": number, "hash": digest.hex(), "signature": signature.hex()}) + "\n"
        log = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(log, line.encode())
        finally:
            os.close(log)

    def heads(self) -> Iterator[tuple[int, bytes]]:
        """Yield (changeset number, hash) of every head whose signature holds.

        Raises:
            InvalidSignature: a line was altered.
        """
        if not self._log.exists():
            return
        for line in self._log.read_text(encoding="utf-8").splitlines():
            head = json.loads(line)
            digest = bytes.fromhex(head["hash"])
            self._key.public_key().verify(
                bytes.fromhex(head["signature"]), self._message(int(head["changeset"]), digest)
            )
            yield int(head["changeset"]), digest

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.city}.heads"

    def _message(self, number: int, digest: bytes) -> bytes:
        return f"{self.city}:{number}:".encode() + digest

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "key"
        if not path.exists():
            _create(path, Ed25519PrivateKey.generate())
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def _create(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a key once; of two processes at it, the first one's stays."""
    scratch = path.with_name(f"key.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()


__all__ = ["InvalidSignature", "SignedHeads"]
