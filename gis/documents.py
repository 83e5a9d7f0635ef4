"""Issued documents: each made once for a question, kept as it was given out, found again by number or by hash.

A question is a kind of document about a subject at a point on both axes, in a language, with or without personal data.
It is settled to the coarsest point that says the same: valid time to the beginning of the city's legal day, recorded
time to the last changeset at or before the instant asked for. So the same question asked twice in a day meets the copy
issued first, unless the register has moved on; a question about the past always does.

Files with personal data lie in the closed schema, behind the confidant's login and a logged look; that such a document
was issued, and its hash, is public, or nobody could verify a copy.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal

from psycopg import Connection, sql
from psycopg.rows import class_row

from gis.errors import NotFound
from gis.instant import Instant, Reading, read_head, settle
from gis.profile import CityProfile
from gis.text import Language, Text

Disclosure = Literal["public", "full"]

_FILES: Final = {"public": ("qala", "document_file"), "full": ("personal", "document_file")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a document answers.

    Attributes:
        kind: of document, for example ``passport``.
        subject_kind: what it is about, for example ``unit``.
        subject_id: the subject's feature id.
        subject_number: its number, as far as that is public.
        reading: the point on both axes, from :func:`settle_question`.
    """

    kind: str
    subject_kind: str
    subject_id: int
    subject_number: str | None
    reading: Reading
    language: Language
    disclosure: Disclosure

    @property
    def number(self) -> str:
        """The document's number: 80 bits of the SHA-256 of the question, in groups of four letters and digits."""
        told = [
            self.kind,
            self.subject_kind,
            self.subject_id,
            self.reading.valid.timestamp(),
            self.reading.recorded.timestamp(),
            self.language,
            self.disclosure,
        ]
        letters = base64.b32encode(sha256(json.dumps(told).encode()).digest()[:10]).decode()
        return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document, without its file.

    Attributes:
        content_hash: SHA-256 of its content as far as it is public (:func:`content_hash`).
        file_hash: SHA-256 of the file.
        length: of the file, in bytes.
    """

    number: str
    kind: str
    subject_kind: str
    subject_number: str | None
    valid: datetime
    recorded: datetime
    language: Language
    disclosure: Disclosure
    content_hash: bytes
    file_hash: bytes
    length: int
    issued: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """An issued document with its file."""

    document: Document
    file: bytes


def settle_question(connection: Connection, instant: Instant, profile: CityProfile) -> Reading:
    """Settle an instant to the point that documents are issued at: a legal day's beginning, a changeset's instant.

    Raises:
        BadRequest: the recorded instant lies after the last changeset.
    """
    head = read_head(connection)
    asked = settle(instant, head)
    valid = profile.midnight(profile.legal_day(asked.valid))
    row = connection.execute(_LAST_CHANGESET, (asked.recorded,)).fetchone()
    recorded = asked.recorded if row is None or row[0] is None else row[0]
    return settle(Instant(valid, recorded, instant.draft), head)


_LAST_CHANGESET: Final = "SELECT max(recorded) FROM qala.changeset WHERE recorded <= %s"


def content_hash(content: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a content: of its JSON with sorted names and no blanks, in UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).digest()


def stored(connection: Connection, question: Question) -> Copy | None:
    """Return the copy issued for a question, or ``None``.

    Args:
        connection: the public login's; for full disclosure the confidant's, inside a logged look.
        question: settled.
    """
    return file_of(connection, question.number, question.disclosure)


def file_of(connection: Connection, number: str, disclosure: Disclosure) -> Copy | None:
    """Return an issued copy by the document's number."""
    document = _by(connection, "number", number)
    if document is None:
        return None
    statement = sql.SQL("SELECT file FROM {} WHERE number = %s").format(sql.Identifier(*_FILES[disclosure]))
    row = connection.execute(statement, (number,)).fetchone()
    return None if row is None else Copy(document, bytes(row[0]))


def keep(connection: Connection, question: Question, public_content: Mapping[str, Any], file: bytes) -> Copy:
    """Keep a file as the copy issued for a question, and return the copy: where another was first, that one.

    Args:
        connection: the writer's.
        question: settled.
        public_content: what anybody may read of the content.
        file: the document.
    """
    values = _row(question, content_hash(public_content), file)
    insert = sql.SQL("INSERT INTO {} (number, file) VALUES (%s, %s)").format(
        sql.Identifier(*_FILES[question.disclosure])
    )
    with connection.transaction():
        first = connection.execute(_KEEP, values).fetchone()
        if first is not None:
            connection.execute(insert, (question.number, file))
            return Copy(Document(**values, issued=first[0]), file)
    kept = stored(connection, question)
    if kept is None:
        msg = f"document {question.number} was kept and is not there"
        raise RuntimeError(msg)
    return kept


def _row(question: Question, hashed: bytes, file: bytes) -> dict[str, Any]:
    return {
        "number": question.number,
        "kind": question.kind,
        "subject_kind": question.subject_kind,
        "subject_number": question.subject_number,
        "valid": question.reading.valid,
        "recorded": question.reading.recorded,
        "language": question.language,
        "disclosure": question.disclosure,
        "content_hash": hashed,
        "file_hash": sha256(file).digest(),
        "length": len(file),
    }


_KEEP: Final = """
INSERT INTO qala.document (number, kind, subject_kind, subject_number, valid, recorded, language, disclosure,
  content_hash, file_hash, length)
VALUES (%(number)s, %(kind)s, %(subject_kind)s, %(subject_number)s, %(valid)s, %(recorded)s, %(language)s,
  %(disclosure)s, %(content_hash)s, %(file_hash)s, %(length)s)
ON CONFLICT (number) DO NOTHING RETURNING issued
"""


def find(connection: Connection, reference: str) -> Document:
    """Return an issued document by its number, or by the SHA-256 of its file in hexadecimal digits.

    Raises:
        NotFound: no such document was issued.
    """
    digest = _digest(reference)
    found = _by(connection, "number", reference.upper()) if digest is None else by_hash(connection, digest)
    if found is None:
        raise NotFound(_NEVER_ISSUED.filled(reference=reference[:80]), reference=reference[:80])
    return found


def by_hash(connection: Connection, file_hash: bytes) -> Document | None:
    """Return the issued document whose file has a hash, or ``None``."""
    return _by(connection, "file_hash", file_hash)


def _digest(reference: str) -> bytes | None:
    try:
        digest = bytes.fromhex(reference)
    except ValueError:
        return None
    return digest if len(digest) == sha256().digest_size else None


def _by(connection: Connection, column: str, value: object) -> Document | None:
    statement = sql.SQL(
        "SELECT number, kind, subject_kind, subject_number, valid, recorded, language, disclosure, content_hash, "
        "file_hash, length, issued FROM qala.document WHERE {} = %s"
    ).format(sql.Identifier(column))
    with connection.cursor(row_factory=class_row(Document)) as cursor:
        return cursor.execute(statement, (value,)).fetchone()


_NEVER_ISSUED = Text(
    kk="«{reference}» нөмірімен немесе SHA-256 бақылау сомасымен тізілім құжат берген жоқ; нөмірі мынадай болады: "
    "K7QA-2MXD-93HT-PW6C.",
    ru="Документа с номером или контрольной суммой SHA-256 «{reference}» регистр не выдавал; номер выглядит так: "
    "K7QA-2MXD-93HT-PW6C.",
    en="The register has issued no document with the number or SHA-256 '{reference}'; a number looks like this: "
    "K7QA-2MXD-93HT-PW6C.",
)
