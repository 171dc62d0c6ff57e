"""Confidential values masked so that one value has the same digits throughout a report."""

from __future__ import annotations

import hashlib
from typing import Any

from czca_rules.report.printable import masked
from czca_rules.tables.specification import TABLES


class Masking:
    """Masks confidential values by a keyed hash that is stable within a submission.

    The key comes from all confidential values together and from nothing that a report shows:
    whoever could compute it from the stated file hashes would try all prices.
    """

    def __init__(self, submission: Any) -> None:
        self.submission = submission
        self.key: bytes | None = None

    def __call__(self, value: str) -> str:
        if self.key is None:
            self.key = self._key()
        return masked(value, self.key)

    def _key(self) -> bytes:
        digest = hashlib.sha256(b"czca-mask/1")
        for name, spec in TABLES.items():
            secret = [column.name for column in spec.columns if column.confidential]
            if not secret or self.submission.tables[name].status != "ready":
                continue
            listed = ", ".join(f'"{column}"' for column in secret)
            found = self.submission.engine.query(
                f"SELECT bit_xor(md5_number(concat_ws('|', 'czca-mask/1', {listed}))) "
                f'FROM "t_{name}"')
            digest.update(f"{name}={found[0][0]};".encode())
        return digest.digest()
