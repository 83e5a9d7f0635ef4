"""Issued documents: anybody may ask whether a copy is one, and what it is still worth."""

from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.ogc.request import is_for_browser, only
from api.problems import language_of
from api.real_estate.copies import answered, described, issuer_of
from api.real_estate.issued_page import issued_page
from api.tokens import confidant
from gis import documents
from gis.documents import Copy, Document
from gis.errors import BadRequest, NotFound
from gis.register import Register
from gis.text import Text

router = APIRouter()

Reference = Annotated[str, Path(max_length=80, description="The document's number, or the SHA-256 of its file.")]


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/documents/verify")
def verify(request: Request, file: Annotated[bytes, Depends(_body)]) -> Response:
    """Whether a file, sent as the body, is a document that the register issued, and whether it still holds."""
    only(request)
    if not file:
        raise BadRequest(_EMPTY)
    digest = sha256(file).digest()
    register: Register = request.app.state.register
    with register.reading() as connection:
        found = documents.by_hash(connection, digest)
    if found is None:
        statement = _NOT_ISSUED.in_language(language_of(request))
        return JSONResponse({"issued_here": False, "sha256": digest.hex(), "statement": statement})
    return JSONResponse({"issued_here": True, **described(request, found, issuer_of(request).standing(found))})


@router.get("/documents/{reference}")
def document(request: Request, reference: Reference) -> Response:
    """What is known of an issued document: where its square code leads."""
    only(request, ("f",))
    found = _found(request, reference)
    known = described(request, found, issuer_of(request).standing(found))
    if is_for_browser(request):
        return HTMLResponse(issued_page(request, known), headers={"Vary": "Accept, Accept-Language"})
    return JSONResponse(known, headers={"Vary": "Accept, Accept-Language"})


@router.get("/documents/{reference}/file")
def document_file(request: Request, reference: Reference) -> Response:
    """The file of an issued document; one with personal data only for those who may see them, with a reason."""
    only(request, ("reason",))
    found = _found(request, reference)
    register: Register = request.app.state.register
    if found.disclosure == "public":
        with register.reading() as connection:
            copy = documents.file_of(connection, found.number, found.disclosure)
    else:
        copy = _confided(request, found)
    if copy is None:
        raise NotFound(_NO_FILE.filled(number=found.number), number=found.number)
    return answered(request, copy)


def _confided(request: Request, found: Document) -> Copy | None:
    """Return a document with personal data, the look logged.

    Raises:
        Forbidden: a role that sees persons of a named unit only, and the document is about a party.
    """
    asker = confidant(request)
    opened = (
        asker.at_persons(f"document {found.number}")
        if found.subject_number is None
        else asker.at_unit(found.subject_number)
    )
    with opened as connection:
        return documents.file_of(connection, found.number, found.disclosure)


def _found(request: Request, reference: str) -> Document:
    register: Register = request.app.state.register
    with register.reading() as connection:
        return documents.find(connection, reference)


_EMPTY: Final = Text(
    kk="Тексерілетін файлды сұраудың денесінде жіберіңіз (Content-Type: application/pdf).",
    ru="Пришлите проверяемый файл телом запроса (Content-Type: application/pdf).",
    en="Send the file to be checked as the body of the request (Content-Type: application/pdf).",
)
_NOT_ISSUED: Final = Text(
    kk="Тізілім мұндай файл берген жоқ: ол өзгертілген немесе басқа жерде жасалған.",
    ru="Такого файла регистр не выдавал: он изменён или сделан в другом месте.",
    en="The register has issued no such file: it was altered, or made elsewhere.",
)
_NO_FILE: Final = Text(
    kk="{number} құжатының файлы сақталмаған.", ru="Файл документа {number} не сохранён.",
    en="The file of document {number} is not kept.",
)  # fmt: skip
