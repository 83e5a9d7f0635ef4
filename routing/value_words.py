"""Values of the street layers as a reader calls them, in Kazakh, Russian and English."""

from collections.abc import Mapping
from typing import Final

from gis.text import Text


def _words(table: Mapping[str, tuple[str, str, str]]) -> dict[str, Text]:
    return {value: Text(kk=kk, ru=ru, en=en) for value, (kk, ru, en) in table.items()}


KINDS: Final = _words(
    {
        "street": ("Көше бөлігі", "Отрезок улицы", "Street segment"),
        "footway": ("Жаяу жүргінші жолы", "Пешеходный путь", "Footway"),
        "crossing": ("Жаяу жүргінші өткелі", "Пешеходный переход", "Crossing"),
        "steps": ("Баспалдақ", "Лестница", "Steps"),
        "ramp": ("Пандус", "Пандус", "Ramp"),
        "kerb": ("Жиектас", "Бордюр", "Kerb"),
        "lift": ("Лифт", "Лифт", "Lift"),
        "barrier": ("Бөгет", "Преграда", "Barrier"),
        "signal": ("Бағдаршам", "Светофор", "Traffic signal"),
        "closure": ("Жабылу", "Закрытие", "Closure"),
    }
)
"""One object of each kind."""

SURFACES: Final = _words(
    {
        "asphalt": ("асфальт", "асфальт", "asphalt"),
        "concrete": ("бетон", "бетон", "concrete"),
        "dirt": ("топырақ", "грунт", "dirt"),
        "grass": ("шөп", "трава", "grass"),
        "grass_paver": ("көгал торы", "газонная решётка", "grass paver"),
        "gravel": ("қиыршық тас", "гравий", "gravel"),
        "paved": ("қатты жабын", "твёрдое покрытие", "paved"),
        "paving_stones": ("төсеме тас", "брусчатка", "paving stones"),
        "unpaved": ("жабынсыз", "без покрытия", "unpaved"),
    }
)

SMOOTHNESS: Final = _words(
    {
        "excellent": ("тамаша", "отличная", "excellent"),
        "good": ("жақсы", "хорошая", "good"),
        "intermediate": ("орташа", "средняя", "intermediate"),
        "bad": ("нашар", "плохая", "bad"),
        "very_bad": ("өте нашар", "очень плохая", "very bad"),
        "horrible": ("тым нашар", "ужасная", "horrible"),
        "very_horrible": ("аса нашар", "крайне ужасная", "very horrible"),
        "impassable": ("өтуге келмейді", "непроходимая", "impassable"),
    }
)

KERBS: Final = _words(
    {
        "raised": ("биік", "высокий", "raised"),
        "rolled": ("көлбеу", "скошенный", "rolled"),
        "lowered": ("түсірілген", "пониженный", "lowered"),
        "flush": ("жолмен тегіс", "вровень с дорогой", "flush"),
    }
)

BARRIERS: Final = _words(
    {
        "bollard": ("тіреу бағана", "столбик", "bollard"),
        "gate": ("қақпа", "ворота", "gate"),
        "lift_gate": ("шлагбаум", "шлагбаум", "lift gate"),
        "swing_gate": ("айналмалы шлагбаум", "поворотный шлагбаум", "swing gate"),
        "sliding_gate": ("жылжымалы қақпа", "откатные ворота", "sliding gate"),
        "bump_gate": ("итермелі қақпа", "толкаемые ворота", "bump gate"),
        "kissing_gate": ("иірімді қақпаша", "калитка-вертушка", "kissing gate"),
        "cycle_barrier": ("велосипедке қарсы қоршау", "велосипедный барьер", "cycle barrier"),
        "turnstile": ("турникет", "турникет", "turnstile"),
        "full_height_turnstile": ("биік турникет", "полноростовый турникет", "full-height turnstile"),
        "stile": ("қоршаудан өтетін баспалдақ", "перелаз", "stile"),
        "block": ("блок", "блок", "block"),
        "chain": ("шынжыр", "цепь", "chain"),
        "rope": ("арқан", "канат", "rope"),
        "log": ("бөрене", "бревно", "log"),
        "planter": ("гүл құтысы", "цветочница", "planter"),
        "jersey_barrier": ("бетон қоршау", "бетонный барьер", "jersey barrier"),
        "height_restrictor": ("биіктік шектегіш", "ограничитель высоты", "height restrictor"),
        "entrance": ("қоршаудағы өткел", "проход в ограде", "entrance"),
        "door": ("есік", "дверь", "door"),
        "debris": ("үйінді", "завал", "debris"),
        "other": ("басқа бөгет", "другая преграда", "another barrier"),
    }
)

VALUES: Final[Mapping[str, Mapping[str, Text]]] = {
    "surface": SURFACES, "smoothness": SMOOTHNESS, "kerb": KERBS, "barrier": BARRIERS,
}  # fmt: skip
"""By the field that has them."""
