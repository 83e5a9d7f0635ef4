"""What holds of who takes part in an auction, of bids, and of the award. Rows are named, never persons."""

from typing import Final

from cadastres.real_estate.reaching import after
from cadastres.urban_planning.auction_model import AUCTION, AUCTION_BID, AUCTION_LOT, AUCTION_PARTICIPANT
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_auctions.py::"
_LAND_CODE: Final = "Land Code of the Republic of Kazakhstan No. 442-II"

_AUCTIONS: Final = f"""
auctions AS MATERIALIZED (
  {
    after(
        AUCTION.name,
        "feature_id",
        "affected",
        "a.feature_id AS auction_id, a.lot_id, a.kind, a.state, a.bids_deadline, a.held, a.winning_bidder, "
        "a.winning_price, a.valid",
    )
}
), named AS MATERIALIZED (
  SELECT DISTINCT lot_id AS feature_id FROM auctions
), lots AS MATERIALIZED (
  {
    after(
        AUCTION_LOT.name,
        "feature_id",
        "named",
        "a.feature_id AS lot_id, a.starting_price, a.minimum_price, a.step, a.deposit, a.valid",
    )
}
)"""  # noqa: S608 - pieces of the engine's own

PARTICIPANT: Final = Rule(
    id="urban_planning.auction.participant",
    severity="error",
    statement=Text(
        kk="Қатысушы ұсыныс қабылдау аяқталғанға дейін, жарнасын толық төлеп тіркеледі; нөмір де, қатысушы да "
        "аукционда бір рет болады.",
        ru="Участника регистрируют до конца приёма предложений и при полном взносе; номер и участник стоят в торгах "
        "по одному разу.",
        en="A participant is registered before bids close and with the whole deposit; neither a number nor a "
        "participant stands twice in an auction.",
    ),
    watches=(AUCTION_PARTICIPANT.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT auction_id, auction_id AS feature_id FROM {{proposed:personal.auction_participant}} AS p
  WHERE NOT abolished
), {_AUCTIONS}, entered AS MATERIALIZED (
  {
        after(
            AUCTION_PARTICIPANT.name,
            "auction_id",
            "affected",
            "a.feature_id, a.auction_id, a.bidder_number, a.party_id, a.deposit_paid, a.valid",
        )
    }
), begun AS (
  SELECT DISTINCT ON (feature_id) * FROM entered ORDER BY feature_id, lower(valid)
)
SELECT b.feature_id, NULL::bigint AS other_id, b.valid, NULL::float8 AS amount, NULL::geometry AS place,
  CASE WHEN b.deposit_paid < l.deposit THEN format('deposit %%s / %%s KZT', b.deposit_paid, l.deposit)
    WHEN a.state <> 'announced' THEN a.state ELSE 'closed' END AS detail
FROM begun AS b
JOIN auctions AS a ON a.auction_id = b.auction_id AND a.valid @> lower(b.valid)
JOIN lots AS l ON l.lot_id = a.lot_id AND l.valid @> lower(b.valid)
WHERE b.deposit_paid < l.deposit OR a.state <> 'announced' OR lower(b.valid) >= a.bids_deadline OR b.bidder_number <= 0
UNION ALL
SELECT a.feature_id, b.feature_id, a.valid * b.valid, NULL, NULL, 'twice'
FROM entered AS a JOIN entered AS b USING (auction_id)
WHERE a.feature_id < b.feature_id AND a.valid && b.valid
  AND (a.bidder_number = b.bidder_number OR a.party_id = b.party_id)
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_who_may_take_part",
)

BIDDER_REGISTERED: Final = Rule(
    id="urban_planning.auction.bidder-registered",
    severity="error",
    statement=Text(
        kk="Баға тек тіркелген қатысушыдан, аукцион жарияланып тұрғанда және қабылдау аяқталғанға дейін алынады.",
        ru="Цену предлагает только зарегистрированный участник объявленных торгов до конца приёма предложений.",
        en="Only a registered participant bids, while the auction stands announced and before bids close.",
    ),
    watches=(AUCTION_BID.name,),
    sql=f"""
WITH bids AS MATERIALIZED (
  SELECT feature_id AS bid, auction_id, bidder_number, received, valid
  FROM {{proposed:urban_planning.auction_bid}} AS b WHERE NOT abolished
), affected AS MATERIALIZED (
  SELECT DISTINCT auction_id, auction_id AS feature_id FROM bids
), {_AUCTIONS}, entered AS MATERIALIZED (
  {after(AUCTION_PARTICIPANT.name, "auction_id", "affected", "a.auction_id, a.bidder_number, a.valid")}
)
SELECT b.bid AS feature_id, b.auction_id AS other_id, b.valid, NULL::float8 AS amount, NULL::geometry AS place,
  CASE WHEN a.state IS DISTINCT FROM 'announced' THEN coalesce(a.state, 'no auction')
    WHEN b.received >= a.bids_deadline THEN 'closed' ELSE 'bidder ' || b.bidder_number END AS detail
FROM bids AS b LEFT JOIN auctions AS a ON a.auction_id = b.auction_id AND a.valid @> b.received
WHERE a.state IS DISTINCT FROM 'announced' OR b.received >= a.bids_deadline OR NOT EXISTS (
  SELECT FROM entered AS e
  WHERE e.auction_id = b.auction_id AND e.bidder_number = b.bidder_number AND e.valid @> b.received)
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_who_may_bid_and_when",
)

IN_TURN: Final = Rule(
    id="urban_planning.auction.bids-in-turn",
    severity="error",
    statement=Text(
        kk="Әр ұсыныс алдыңғысынан кейін қабылданады: бұрынғылардың арасына ештеңе қыстырылмайды.",
        ru="Каждое предложение принято позже прежних: между ними ничего не вставляют.",
        en="Each bid is received after those before it: none is put in between.",
    ),
    watches=(AUCTION_BID.name,),
    sql=f"""
WITH fresh AS MATERIALIZED (
  SELECT feature_id AS bid, auction_id, received, valid FROM {{proposed:urban_planning.auction_bid}} AS b
  WHERE NOT abolished
), affected AS MATERIALIZED (
  SELECT DISTINCT auction_id FROM fresh
), bids AS MATERIALIZED (
  {after(AUCTION_BID.name, "auction_id", "affected", "a.feature_id, a.auction_id, a.received")}
)
SELECT f.bid AS feature_id, max(b.feature_id) AS other_id, f.valid, NULL::float8 AS amount, NULL::geometry AS place,
  max(b.received)::text AS detail
FROM fresh AS f JOIN bids AS b ON b.auction_id = f.auction_id AND b.feature_id < f.bid AND b.received >= f.received
GROUP BY f.bid, f.valid
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_no_bid_is_put_before_another",
)

PRICE: Final = Rule(
    id="urban_planning.auction.bid-price",
    severity="error",
    statement=Text(
        kk="Ағылшын аукционында алғашқы ұсыныс бастапқы бағадан, кейінгілері алдыңғыдан кемінде бір қадамға жоғары; "
        "голланд аукционында бастапқы бағадан қадамдармен түскен бағаға бірінші келіскеннің бір ғана ұсынысы болады.",
        ru="На английских торгах первая цена не ниже начальной, каждая следующая выше прежней хотя бы на шаг; на "
        "голландских предложение одно: цена, до которой шагами снизилась начальная.",
        en="In an English auction the first bid is at least the starting price, each further one at least a step above "
        "the last; in a Dutch one there is a single bid, at the price to which the starting price fell by steps.",
    ),
    watches=(AUCTION_BID.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT auction_id, auction_id AS feature_id FROM {{proposed:urban_planning.auction_bid}} AS b
), {_AUCTIONS}, bids AS MATERIALIZED (
  {after(AUCTION_BID.name, "auction_id", "affected", "a.feature_id, a.auction_id, a.amount, a.received, a.valid")}
), ordered AS (
  SELECT *, lag(amount) OVER (PARTITION BY auction_id ORDER BY received, feature_id) AS last FROM bids
), priced AS (
  SELECT o.*, a.kind, l.starting_price, l.step, l.minimum_price, coalesce(o.last + l.step, l.starting_price) AS least
  FROM ordered AS o
  JOIN auctions AS a ON a.auction_id = o.auction_id AND a.valid @> o.received
  JOIN lots AS l ON l.lot_id = a.lot_id AND l.valid @> o.received
)
SELECT feature_id, auction_id AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  CASE kind WHEN 'english' THEN format('%%s / %%s KZT', amount, least)
    ELSE format('%%s KZT: %%s - n * %%s >= %%s%%s', amount, starting_price, step, coalesce(minimum_price, 1),
      CASE WHEN last IS NULL THEN '' ELSE '; ' || last || ' KZT' END) END AS detail
FROM priced
WHERE CASE kind WHEN 'english' THEN amount < least
  ELSE last IS NOT NULL OR amount > starting_price OR amount < coalesce(minimum_price, 1)
    OR (starting_price - amount) %% step <> 0 END
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_bids_rise_by_steps",
)

AWARD: Final = Rule(
    id="urban_planning.auction.award-to-highest",
    severity="error",
    statement=Text(
        kk="Жеңімпаз — ең жоғары баға ұсынған қатысушы; ол аукцион өткен соң анықталады және кейін одан жоғары ұсыныс "
        "жазылмайды.",
        ru="Победитель — предложивший наивысшую цену; его определяют не раньше проведения торгов, и более высоких "
        "предложений потом не вносят.",
        en="The winner is whose bid is highest; he is declared no earlier than the auction is held, and no higher bid "
        "is entered afterwards.",
    ),
    watches=(AUCTION.name, AUCTION_BID.name),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT feature_id, feature_id AS auction_id FROM {{proposed:urban_planning.auction}} AS a WHERE NOT abolished
  UNION
  SELECT auction_id, auction_id FROM {{proposed:urban_planning.auction_bid}} AS b
), auctions AS MATERIALIZED (
  {
        after(
            AUCTION.name,
            "feature_id",
            "affected",
            "a.feature_id AS auction_id, a.state, a.held, a.winning_bidder, a.winning_price, a.valid",
        )
    }
), bids AS MATERIALIZED (
  {after(AUCTION_BID.name, "auction_id", "affected", "a.auction_id, a.bidder_number, a.amount")}
), top AS (
  SELECT DISTINCT ON (auction_id) * FROM bids ORDER BY auction_id, amount DESC
)
SELECT a.auction_id AS feature_id, NULL::bigint AS other_id, a.valid, NULL::float8 AS amount, NULL::geometry AS place,
  format('%%s / %%s KZT', a.winning_price, t.amount) AS detail
FROM auctions AS a LEFT JOIN top AS t USING (auction_id)
WHERE a.state IN ('awarded', 'concluded') AND (lower(a.valid) < a.held
  OR a.winning_bidder IS DISTINCT FROM t.bidder_number OR a.winning_price IS DISTINCT FROM t.amount)
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_the_highest_bid_wins",
)

RULES: Final = (PARTICIPANT, BIDDER_REGISTERED, IN_TURN, PRICE, AWARD)
"""Rules on participants, bids and awards."""
