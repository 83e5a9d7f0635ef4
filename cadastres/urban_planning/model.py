"""Layers of the urban-planning cadastre, named after INSPIRE's Land Use (elu/4.0)."""

from cadastres.fields import EXTERNAL_REFERENCE, NAMES, OPENSTREETMAP
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

HILUCS = (
    "1_1_Agriculture", "1_2_Forestry", "1_3_MiningAndQuarrying", "1_4_AquacultureAndFishing", "2_SecondaryProduction",
    "2_4_EnergyProduction", "3_TertiaryProduction", "3_1_CommercialServices",
    "3_3_CommunityServices", "3_4_CulturalEntertainmentAndRecreationalServices", "3_4_3_SportsInfrastructure",
    "3_4_4_OpenAirRecreationalAreas", "4_1_TransportNetworks", "4_1_2_RailwayTransport", "4_1_5_OtherTransportNetwork",
    "4_3_Utilities", "5_ResidentialUse", "6_1_TransitionalAreas", "6_2_AbandonedAreas",
    "6_3_1_LandAreasNotInOtherEconomicUse", "6_3_2_WaterAreasNotInOtherEconomicUse", "6_6_NotKnownUse",
)  # fmt: skip
"""Classes of INSPIRE's Hierarchical Land Use Classification System that the register uses."""

LAND_USE = Layer(
    name="urban_planning.land_use",
    title=Text(kk="Жерді нақты пайдалану", ru="Фактическое использование территории", en="Existing land use"),
    description=Text(
        kk="Аумақтың іс жүзінде қалай пайдаланылатыны; жоспарланған пайдалану мұнда көрсетілмейді.",
        ru="Как территория используется на деле; планируемое использование здесь не показано.",
        en="How land is used in fact; planned use is not shown here.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="hilucs_land_use",
            type=FieldType.STRING,
            title=Text(kk="HILUCS бойынша пайдалану", ru="Использование по HILUCS", en="Land use by HILUCS"),
            description=Text(
                kk="INSPIRE жер пайдалануының иерархиялық жіктеуішіндегі класс.",
                ru="Класс иерархического классификатора землепользования INSPIRE.",
                en="Class in INSPIRE's Hierarchical Land Use Classification System.",
            ),
            required=True,
            values=HILUCS,
        ),
        Field(
            name="specific_land_use",
            type=FieldType.STRING,
            title=Text(
                kk="Дереккөздегі пайдалану түрі", ru="Вид использования в источнике", en="Land use in the source"
            ),
            description=Text(
                kk="Бастапқы деректердегі түрі, мысалы landuse=residential.",
                ru="Вид в исходных данных, например landuse=residential.",
                en="Kind in the data it came from, for example landuse=residential.",
            ),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="specific_land_use",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#9c8f5a", fill="#e8dfb0", width=0.6, opacity=0.5, min_zoom=10),
)
