"""A ZIP file with the SHA-256 of each of its members; from the same content, the same bytes."""

from collections.abc import Iterable
from hashlib import sha256
from typing import BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MANIFEST = "MANIFEST.sha256"
_NO_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that the format knows: when a file was written must not change what is in it."""
_A_FILE_FOR_ALL = 0o100644 << 16
_UNIX = 3


class Archive:
    """A ZIP that is being written while its ``with`` block runs.

    Its last member, written by :meth:`seal`, lists the hashes of all others. A block that an
    exception ends leaves a ZIP without it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._manifest: list[str] = []
        self.files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, parts: Iterable[bytes]) -> str:
        """Write a member as its parts come; return its SHA-256."""
        info = ZipInfo(name, _NO_DATE)
        info.compress_type = ZIP_DEFLATED
        info.create_system, info.external_attr = _UNIX, _A_FILE_FOR_ALL
        hashed = sha256()
        with self._zip.open(info, "w", force_zip64=True) as member:
            for part in parts:
                hashed.update(part)
                member.write(part)
        # As `sha256sum` writes it, and reads it with -c.
        self._manifest.append(f"{hashed.hexdigest()}  {name}\n")
        self.files += 1
        return hashed.hexdigest()

    def seal(self) -> str:
        """Write the list of hashes; return the list's own."""
        return self.add(MANIFEST, [line.encode() for line in self._manifest])
