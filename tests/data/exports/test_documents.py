"""Printed documents: whole letters in every language, a plan that lies where it should, nothing outside the page."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pypdfium2
import pytest
import shapely

from cadastres.real_estate.passport import absence, extract, passport
from cadastres.real_estate.sheets import Sight
from cadastres.real_estate.subject import find
from data.exports.documents import Rendering, render
from data.exports.documents.chart import SCALES, Chart
from data.exports.documents.flow import Box
from gis.access import Look
from gis.instant import Instant, read_head, settle
from gis.text import LANGUAGES, Language
from tests.cadastres.real_estate.dossier import FLAT, OWNER, PARCEL, QUARTER, RIGHT, Dossier, box, opened
from tests.city import City

LOOK = Look(actor="N. Notary", role="notary", reason="sale", subject="real_estate.unit 1")
NUMBER = "K7QA-2MXD-93HT-PW6C"
LINK = f"https://map.example.kz/qala/documents/{NUMBER}"
LONG = "Шаңырақтың үлкен ұлы Әбдіғаппар-Мұхаммедқожа " * 6
SPIKY = f"{QUARTER}009"


@pytest.fixture(scope="module")
def estate(fresh_city: Callable[[str], City]) -> Iterator[Dossier]:
    """The estate, with a parcel of 300 turning points, a flat of 60 rooms, and very long names."""
    dossier = opened(fresh_city("helsinki"))
    _round_parcel(dossier)
    _palace(dossier)
    yield dossier
    dossier.city.register.close()


def _round_parcel(dossier: Dossier) -> None:
    middle = box(200, 200, 201, 201).centroid
    turns = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    ring = [(middle.x + (50 + 6 * (i % 2)) * np.cos(t), middle.y + 53 * np.sin(t)) for i, t in enumerate(turns)]
    values = {"cadastral_number": SPIKY, "official_area": shapely.Polygon(ring).area, "category": "2",
              "purpose_ru": LONG, "purpose_kk": LONG, "address": "Х" * 400}  # fmt: skip
    dossier.write(("round", "land.parcel", shapely.Polygon(ring), values))


def _palace(dossier: Dossier) -> None:
    """Give the second flat 60 rooms and a unit held by a party with a long name."""
    nowhere = shapely.GeometryCollection()
    dossier.write(*(
        (f"hall {i}", "real_estate.room", box(8 + i % 10, 20 + i // 10 * 0.9, 9 + i % 10, 20.9 + i // 10 * 0.9),
         {"premises_id": "@flat 2", "designation": str(i + 1), "room_use": "living", "area": 0.9})
        for i in range(60)
    ))  # fmt: skip
    dossier.write(
        ("unit 2", "real_estate.unit", nowhere, {
            "unit_number": f"{PARCEL}:1/А:2", "type": "basicPropertyUnit", "name": LONG}),
        ("part 2", "real_estate.unit_part", nowhere, {
            "unit_id": "@unit 2", "object_id": "@flat 2", "object_kind": "premises"}),
        ("right 2", "real_estate.right", nowhere, {**RIGHT, "unit_id": "@unit 2", "description": LONG}),
        ("long", "personal.party", nowhere, {"party_type": "nonNaturalPerson", "name": LONG}),
        ("holder 2", "personal.holder", nowhere, {"right_id": "@right 2", "party_id": "@long"}),
    )  # fmt: skip


def gathered(estate: Dossier, number: str, what: Callable[..., Any] = passport, *more: Any) -> Any:
    """Gather a content with the holders' data."""
    register = estate.city.register
    with register.confiding(LOOK) as connection:
        sight = Sight(connection, settle(Instant(), read_head(connection)), estate.city.profile)
        return what(sight, find(connection, number, sight.reading, sight.profile), *more)


def printed(estate: Dossier, content: Any, language: Language = "kk") -> bytes:
    """Print a content."""
    rendering = Rendering(language=language, number=NUMBER, link=LINK, profile=estate.city.profile)
    return render(content, rendering)


def texts(pdf: bytes) -> list[str]:
    """Return what each page says."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def image(pdf: bytes, page: int, scale: float = 1.0) -> np.ndarray:
    """Return a page as an array of grey values, row by row from the top."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.array(document[page].render(scale=scale, grayscale=True).to_numpy()).reshape(
            round(document[page].get_height() * scale), -1
        )
    finally:
        document.close()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ["паспорты", "көппәтерлі тұрғын үй", "Қабанбай батыр көшесі", "меншік құқығы", "жуынатын бөлме"]),
        ("ru", ["паспорт", "многоквартирный жилой дом", "улица Кабанбай батыра", "право собственности", "санузел"]),
        ("en", ["passport", "apartment building", "Kabanbay Batyr street", "ownership", "bathroom"]),
    ],
)
def test_a_passport_says_all_in_its_language(estate: Dossier, language: Language, words: list[str]) -> None:
    """Every letter of Kazakh can be read back out of the file, names of holders included."""
    said = "\n".join(texts(printed(estate, gathered(estate, FLAT, passport, "full"), language))).replace("\r\n", " ")
    expected = [*words, *OWNER.split(), "1987", "2450", "0201300000000123", NUMBER]
    assert [word for word in expected if word not in flat(said)] == []


def flat(said: str) -> str:
    """Return text with its lines joined and the blanks in numbers gone."""
    joined = " ".join(said.split())
    return joined.replace("2 450", "2450").replace("2,450", "2450")


@pytest.mark.parametrize("number", [FLAT, f"{PARCEL}:1/А:2", SPIKY])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stands_outside_the_margins(estate: Dossier, number: str, language: Language) -> None:
    """Not with names of 270 letters, a word of 400, 300 turning points or 60 rooms."""
    pdf = printed(estate, gathered(estate, number, passport, "full"), language)
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            west, south, east, north = [box for o in [page] for box in o.get_bbox()]
            width, height = page.get_size()
            for place in page.get_objects():
                a, b, c, d = place.get_bounds()
                assert min(a, b) >= 14, (number, language, place.get_bounds())
                assert c <= width - 14
                assert d <= height - 14
            assert (west, south, east, north) == (0, 0, width, height)
    finally:
        document.close()


def test_pages_are_numbered_and_tables_have_their_head_on_each(estate: Dossier) -> None:
    """300 turning points take several pages; each says which it is, and its columns."""
    said = texts(printed(estate, gathered(estate, SPIKY), "ru"))
    assert len(said) > 5
    assert all(f"стр. {i + 1}/{len(said)}" in page for i, page in enumerate(said))
    assert sum("Смежный участок" in page for page in said) >= 4
    assert all(f"{i}–{i % 300 + 1}" in " ".join(said) for i in range(1, 301))


def test_the_schedule_of_rooms_adds_up(estate: Dossier) -> None:
    """60 rooms of 0.9 square metres."""
    said = " ".join(texts(printed(estate, gathered(estate, f"{PARCEL}:1/А:2"), "kk")))
    assert "54,0" in said


def test_the_plan_lies_to_scale(estate: Dossier) -> None:
    """The red outline of 42 by 55 metres measures 84 by 110 millimetres at 1:500."""
    pdf = printed(estate, gathered(estate, PARCEL), "en")
    page = next(i for i, text in enumerate(texts(pdf)) if "1:500" in text)
    document = pypdfium2.PdfDocument(pdf)
    picture = np.array(document[page].render(scale=4).to_numpy())[:, :, :3].astype(int)
    document.close()
    blue, green, red = picture[:, :, 0], picture[:, :, 1], picture[:, :, 2]
    rows, columns = np.nonzero((red > 150) & (green < 70) & (blue < 70))
    per_mm = 4 * 72 / 25.4
    points = 1.0  # the circles around the outermost points reach half a millimetre further on either side
    assert (columns.max() - columns.min()) / per_mm - points == pytest.approx(84, abs=0.3)
    assert (rows.max() - rows.min()) / per_mm - points == pytest.approx(110, abs=0.3)


def test_the_plan_is_vector(estate: Dossier) -> None:
    """No page carries a picture: lines stay sharp at any size."""
    document = pypdfium2.PdfDocument(printed(estate, gathered(estate, PARCEL)))
    kinds = {thing.type for page in document for thing in page.get_objects()}
    document.close()
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE not in kinds
    assert pypdfium2.raw.FPDF_PAGEOBJ_PATH in kinds


def test_the_square_code_stands_in_the_corner(estate: Dossier) -> None:
    """27 millimetres wide, in the upper right corner, a third to two thirds of it dark."""
    page = image(printed(estate, gathered(estate, FLAT)), 0, 4)
    mm = 4 * 72 / 25.4
    corner = page[round(15 * mm) : round(42 * mm), round((210 - 15 - 27) * mm) : round((210 - 15) * mm)]
    assert 0.33 < (corner < 128).mean() < 0.67


def test_the_same_content_gives_the_same_bytes(estate: Dossier) -> None:
    """No time of printing, no random id."""
    content = gathered(estate, FLAT)
    assert printed(estate, content) == printed(estate, content)


def test_without_full_disclosure_no_holder_is_named(estate: Dossier) -> None:
    """The public passport and extract say how the unit is held, never by whom."""
    for what in (passport, extract):
        content = gathered(estate, FLAT, what, "public")
        said = " ".join(texts(printed(estate, content, "ru")))
        assert "право собственности" in said
        assert OWNER.split()[0] not in said
        assert OWNER not in str(content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_of_absence_says_so(estate: Dossier, language: Language) -> None:
    """For a parcel on which nothing is registered."""
    said = " ".join(" ".join(texts(printed(estate, gathered(estate, PARCEL, absence), language))).split())
    sentence = {
        "kk": "тіркелген ауыртпалықтар жоқ",
        "ru": "обременения не зарегистрированы",
        "en": "no encumbrances are",
    }
    assert sentence[language] in said


@pytest.mark.parametrize("side", [0.5, 3.0, 41.0, 999.0, 25_000.0])
def test_a_chart_fits_its_box_at_a_round_scale(side: float) -> None:
    """And at no larger round scale would it."""
    box_ = Box(50, 50, 400, 300)
    chart = Chart.of((0, 0, side, side), box_)
    assert chart.frame.width <= box_.width + 1e-6
    assert chart.frame.height <= box_.height + 1e-6
    larger = [scale for scale in SCALES if scale < chart.denominator]
    assert not larger or side * 1000 * 72 / 25.4 / larger[-1] > 300
