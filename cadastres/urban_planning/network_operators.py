"""Who operates a network is public, so it is an organisation: never a person, nor a sole trader under his own name."""

from typing import Final

from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE
from gis.rules import Rule
from gis.text import Text

# The fifth digit of an organisation's BIN is 4 or 5 (6: sole traders; 0 to 3: an IIN, which is a person's). The weights
# of the check digit are told in cadastres.real_estate.identity_number. What is written is never quoted back.
_OPERATOR: Final = r"""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, wrong AS detail
FROM (
  SELECT feature_id, valid, CASE
    WHEN operator ~* '^\s*(ИП|ЖК|жеке кәсіпкер|индивидуальный предприниматель)[\s."«]' OR operator ~ '\d{12}'
      THEN 'operator'
    WHEN operator_bin !~ '^[0-9]{2}(0[1-9]|1[0-2])[45][0-3][0-9]{6}$' THEN 'operator_bin: form'
    WHEN operator_bin IS NOT NULL THEN (
      SELECT CASE WHEN CASE WHEN one %% 11 < 10 THEN one %% 11 WHEN two %% 11 < 10 THEN two %% 11 END
        IS DISTINCT FROM substr(operator_bin, 12, 1)::int THEN 'operator_bin: check digit' END
      FROM (
        SELECT sum(substr(operator_bin, i, 1)::int * i) AS one,
          sum(substr(operator_bin, i, 1)::int * ((i + 1) %% 11 + 1)) AS two
        FROM generate_series(1, 11) AS i
      ) AS sums) END AS wrong
  FROM {proposed:LAYER} AS p WHERE NOT abolished AND (operator IS NOT NULL OR operator_bin IS NOT NULL)
) AS told WHERE wrong IS NOT NULL
"""


def _rule(layer: str) -> Rule:
    return Rule(
        id="urban_planning.network.operator",
        severity="error",
        statement=Text(
            kk="Желіні пайдаланушы — ұйым: оның атауы мен дұрыс БСН-і жазылады; жеке тұлға мен ЖСН ешқашан жазылмайды.",
            ru="Сеть эксплуатирует организация: пишутся её название и верный БИН; физическое лицо и ИИН — никогда.",
            en="A network's operator is an organisation: its name and right BIN; never a natural person, never an IIN.",
        ),
        watches=(layer,),
        sql=_OPERATOR.replace("LAYER", layer),
        tested_by="tests/cadastres/urban_planning/test_network_rules.py::test_operator_is_an_organisation",
    )


RULES: Final = tuple(_rule(layer.name) for layer in (NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE))
