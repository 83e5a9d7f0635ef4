"""What stands in a restriction extract, in Kazakh, Russian and English."""

from typing import Final

from gis.text import Text

TITLE: Final = Text(
    kk="Жер учаскесінің шектеулері туралы үзінді",
    ru="Выписка об ограничениях земельного участка",
    en="Extract of the restrictions on a land parcel",
)
SUMMARY: Final = Text(kk="Шектеулер тізімі", ru="Перечень ограничений", en="List of restrictions")
NONE: Final = Text(
    kk="Учаскеге аумақтық шектеулер түспейді.",
    ru="Территориальных ограничений на участке нет.",
    en="No territorial restrictions lie on the parcel.",
)
COMPUTED: Final = Text(
    kk="Контур бойынша есептелген ауданы", ru="Площадь, вычисленная по контуру", en="Area computed from the outline"
)
OFFICIAL: Final = Text(kk="Құжаттағы ауданы", ru="Площадь по документу", en="Official area")
NUMBER: Final = Text(kk="№", ru="№", en="No.")
RESTRICTION: Final = Text(kk="Шектеу", ru="Ограничение", en="Restriction")
MEASURE: Final = Text(kk="Учаскедегі мөлшері", ru="На участке", en="On the parcel")
SHARE: Final = Text(kk="Үлесі, %", ru="Доля, %", en="Share, %")
OF_OFFICIAL: Final = Text(kk="Құжаттағы ауданнан, м²", ru="От площади по документу, м²", en="Of the official area, m²")
TERM: Final = Text(kk="Мерзімі", ru="Срок", en="Term")
ACT: Final = Text(kk="Белгілеген акт", ru="Установлено актом", en="Set by")
BASIS: Final = Text(kk="Құқықтық негізі", ru="Правовое основание", en="Legal basis")
REGIME: Final = Text(
    kk="Тыйым салынғаны және рұқсат етілгені", ru="Что запрещено и разрешено", en="What is forbidden or allowed"
)
NO_BUILDING: Final = Text(kk="Құрылыс салу", ru="Строительство", en="Building")
FORBIDDEN: Final = Text(kk="тыйым салынған", ru="запрещено", en="forbidden")
REMARK: Final = Text(kk="Ескертпе", ru="Примечание", en="Remark")
UNCONFIRMED: Final = Text(
    kk="қолданылған норма актінің мәтінімен салыстырылмаған, расталмаған",
    ru="применённая норма не сверена с текстом акта и не подтверждена",
    en="the norm applied has not been checked against the act's text and is unconfirmed",
)
IDENTIFIER: Final = Text(kk="Тізілімдегі нысан", ru="Объект регистра", en="Feature of the register")
POINTS: Final = Text(kk="{count} нысан", ru="объектов: {count}", en="{count} object")
DRAFTED: Final = Text(
    kk="жоба ұсынған, күшінде емес", ru="предложено черновиком, не действует", en="proposed by a draft, not in force"
)
REGISTERED: Final = Text(
    kk="Тіркелген ауыртпалықтар", ru="Зарегистрированные обременения", en="Registered encumbrances"
)
NONE_REGISTERED: Final = Text(
    kk="Тіркелген ауыртпалықтар жоқ.", ru="Обременения не зарегистрированы.", en="No encumbrances are registered."
)
SEE_EXTRACT: Final = Text(
    kk="Толық мәліметтер: құқықтық кадастрдан үзінді.",
    ru="Подробнее: выписка из правового кадастра.",
    en="For particulars see the extract of the legal cadastre.",
)
PLAN: Final = Text(kk="Шектеулер сызбасы", ru="Чертёж ограничений", en="Drawing of the restrictions")
LEGEND: Final = Text(kk="Шартты белгілер", ru="Условные обозначения", en="Legend")
WHOLE: Final = Text(kk="бүкіл учаскеде", ru="на всём участке", en="on the whole parcel")
DRAFT: Final = Text(
    kk="«{name}» жобасы: заңды күші жоқ.",
    ru="Черновик «{name}»: юридической силы не имеет.",
    en="Draft '{name}': no legal force.",
)
DRAFT_MARK: Final = Text(kk="ЖОБА", ru="ЧЕРНОВИК", en="DRAFT")
DRAFT_NOTE: Final = Text(
    kk="Бұл мәтін ұсынылған өзгерістерді қолданыстағы тізілімнің үстінен көрсетеді. Ол құжат болып табылмайды, "
    "тізілімде сақталмайды және тексерілмейді.",
    ru="Здесь показаны предлагаемые изменения поверх действующего регистра. Это не документ: в регистре он не "
    "хранится и проверке не подлежит.",
    en="This shows proposed changes over the register in force. It is no document: the register does not keep it, "
    "and it can't be verified.",
)
