-- Ten acts on each parcel: the first forms it, each later one changes it from a later legal date on, which splits its
-- valid time. Act k closes the version that was open (k - 1 .. for ever) and opens two: what stays true of the past
-- (k - 1 .. k) and what is so from now on (k .. for ever). Two hundred changesets make one round of acts.
CREATE FUNCTION pg_temp.legal_date(i bigint, k integer) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$
  SELECT timestamptz '2013-12-31 22:00:00Z' + (k * 360 + (i * 7919) % 350) * interval '24 hours' $$;
CREATE FUNCTION pg_temp.changeset(i bigint, k integer) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$
  SELECT k * 200 + (i * 7919) % 200 + 2 $$;
CREATE FUNCTION pg_temp.recorded(changeset bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$
  SELECT timestamptz '2014-01-01 00:00:00Z' + changeset * interval '44 hours' $$;

INSERT INTO qala.changeset (number, recorded, verb, actor, role, reason, source_kind, source_number,
  source_acceptance, source_submission, source_recordation, layers, form, digest, previous_hash, hash)
SELECT n, pg_temp.recorded(n), 'bench', 'bench', 'registrar', 'bench', 'akimat-decision', 'bench-' || n,
  '2014-01-01', '2014-01-01', '2014-01-01', '{land.parcel,land.quarter}', 1,
  sha256('bench'), sha256(n::text::bytea), sha256((n + 1)::text::bytea)
FROM generate_series(1, 2001) AS n;

INSERT INTO land.quarter (feature_id, version, valid, recorded, opened_by, geom, code)
SELECT place, 1, tstzrange(timestamptz '2000-01-01 00:00:00Z', NULL), tstzrange(pg_temp.recorded(1), NULL), 1, geom, number
FROM bench_quarter;
INSERT INTO land.quarter_code_issued SELECT number, place, 1 FROM bench_quarter;

INSERT INTO land.parcel (feature_id, version, valid, recorded, opened_by, closed_by, geom,
  cadastral_number, category, permitted_use, official_area, divisible, address)
SELECT p.place, v.version, v.valid, v.recorded, v.opened_by, v.closed_by, p.geom,
  p.number, '2', CASE v.version % 3 WHEN 0 THEN 'gardening' ELSE 'individual_housing' END,
  round(ST_Area(p.geom)::numeric, 1), true, 'Street ' || p.place % 1000 || ', ' || p.place % 77
FROM generate_series(0, 9) AS k, bench_parcel AS p, LATERAL (
  SELECT 2 * k + 1 AS version, tstzrange(pg_temp.legal_date(p.place, k), NULL) AS valid,
    tstzrange(pg_temp.recorded(pg_temp.changeset(p.place, k)),
              CASE WHEN k < 9 THEN pg_temp.recorded(pg_temp.changeset(p.place, k + 1)) END) AS recorded,
    pg_temp.changeset(p.place, k) AS opened_by, CASE WHEN k < 9 THEN pg_temp.changeset(p.place, k + 1) END AS closed_by
  UNION ALL
  SELECT 2 * k, tstzrange(pg_temp.legal_date(p.place, k - 1), pg_temp.legal_date(p.place, k)),
    tstzrange(pg_temp.recorded(pg_temp.changeset(p.place, k)), NULL), pg_temp.changeset(p.place, k), NULL
  WHERE k > 0
) AS v
ORDER BY k, p.place;
INSERT INTO land.parcel_cadastral_number_issued SELECT number, place, pg_temp.changeset(place, 0) FROM bench_parcel;

SELECT setval('qala.feature_id', (SELECT max(place) FROM bench_quarter));
