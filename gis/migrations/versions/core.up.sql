-- The register's spine: changesets with their legal source, the ledger of hashes, lineage, open violations, tokens.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA qala;

CREATE SEQUENCE qala.feature_id AS bigint;

-- The city this database belongs to; one row.
CREATE TABLE qala.city (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  id text NOT NULL,
  srid integer NOT NULL,
  profile jsonb NOT NULL
);

-- One legal act: who, why, by which source (ISO 19152 LA_Source: four dates), and its place in the hash chain.
CREATE TABLE qala.changeset (
  number bigint PRIMARY KEY,
  recorded timestamptz NOT NULL UNIQUE,
  verb text NOT NULL,
  actor text NOT NULL,
  role text NOT NULL,
  reason text NOT NULL,
  source_kind text NOT NULL,
  source_number text NOT NULL,
  source_acceptance date NOT NULL,
  source_submission date NOT NULL,
  source_recordation date NOT NULL,
  source_file_hash bytea,
  layers text[] NOT NULL,
  form smallint NOT NULL,
  digest bytea NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX changeset_source ON qala.changeset (source_kind, source_number);

-- The hash of each opening and closing, under a numbered canonical form: what is missing from a table is named by it.
CREATE TABLE qala.ledger (
  changeset bigint NOT NULL,
  layer text NOT NULL,
  feature_id bigint NOT NULL,
  version integer NOT NULL,
  event "char" NOT NULL CHECK (event IN ('o', 'c')),
  form smallint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (layer, feature_id, version, event)
);
CREATE INDEX ledger_changeset ON qala.ledger (changeset);

-- Fields, in order, that a canonical form hashes for a layer. A new field means a new form; old rows keep theirs.
CREATE TABLE qala.canonical_form (
  layer text NOT NULL,
  form smallint NOT NULL,
  fields text[] NOT NULL,
  PRIMARY KEY (layer, form)
);

-- Parents and children of an act, on both axes.
CREATE TABLE qala.lineage (
  lineage_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  layer text NOT NULL,
  kind text NOT NULL,
  parent bigint NOT NULL,
  child bigint NOT NULL,
  valid tstzrange NOT NULL,
  recorded tstzrange NOT NULL,
  opened_by bigint NOT NULL,
  closed_by bigint,
  CHECK (parent <> child),
  EXCLUDE USING gist (parent WITH =, child WITH =, valid WITH &&, recorded WITH &&)
);
CREATE INDEX lineage_child ON qala.lineage (child);
CREATE INDEX lineage_opened ON qala.lineage (opened_by);
CREATE INDEX lineage_closed ON qala.lineage (closed_by) WHERE closed_by IS NOT NULL;

-- Defects accepted with their eyes open: a later act may never make them worse.
CREATE TABLE qala.violation (
  violation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule text NOT NULL,
  layer text NOT NULL,
  feature_id bigint NOT NULL,
  other_id bigint,
  amount double precision,
  place geometry,
  detail text,
  recorded tstzrange NOT NULL,
  opened_by bigint NOT NULL,
  closed_by bigint
);
CREATE INDEX violation_feature ON qala.violation (feature_id) WHERE upper_inf(recorded);
CREATE INDEX violation_other ON qala.violation (other_id) WHERE upper_inf(recorded);
CREATE INDEX violation_opened ON qala.violation (opened_by);

-- Rows of each import by their source key, so that the same file changes nothing and a newer edition only what changed.
CREATE TABLE qala.imported (
  layer text NOT NULL,
  dataset text NOT NULL,
  source_key text NOT NULL,
  feature_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  changeset bigint NOT NULL,
  PRIMARY KEY (layer, dataset, source_key)
);

CREATE TABLE qala.token (
  token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL,
  created timestamptz NOT NULL DEFAULT now(),
  expires timestamptz,
  revoked timestamptz
);

-- The first zoom of Web Mercator at which a shape is drawn by itself: it is 4 pixels wide or high (a pixel is 1/256 of a
-- tile), a line 1 pixel, and from zoom 14 on everything is.
CREATE FUNCTION qala.tile_zoom(shape geometry) RETURNS smallint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  across public.geometry := public.ST_Transform(public.ST_BoundingDiagonal(shape, true), 3857);
  size float8 := greatest(public.ST_XMax(across) - public.ST_XMin(across), public.ST_YMax(across) - public.ST_YMin(across));
  bar float8 := 40075016.685578488 / 256 * CASE public.ST_Dimension(shape) WHEN 1 THEN 1 ELSE 4 END;
BEGIN
  RETURN CASE WHEN size >= bar THEN 0 WHEN size * 8192 < bar THEN 14 ELSE ceil(ln(bar / size) / ln(2.0::float8)) END;
END $$;

-- The cell of Web Mercator at zoom 20 in which the middle of a shape's box lies, in Z-order: x and y, from the north-west,
-- with their bits interleaved. The cells of a tile of any zoom are one range.
CREATE FUNCTION qala.tile_cell(shape geometry) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  middle public.geometry := public.ST_Transform(public.ST_Centroid(public.ST_BoundingDiagonal(shape, true)), 3857);
  x bigint := greatest(0, least(1048575, floor((0.5 + public.ST_X(middle) / 40075016.685578488) * 1048576)));
  y bigint := greatest(0, least(1048575, floor((0.5 - public.ST_Y(middle) / 40075016.685578488) * 1048576)));
BEGIN
  x := (x | (x << 16)) & x'0000FFFF0000FFFF'::bigint;
  x := (x | (x << 8)) & x'00FF00FF00FF00FF'::bigint;
  x := (x | (x << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
  x := (x | (x << 2)) & x'3333333333333333'::bigint;
  x := (x | (x << 1)) & x'5555555555555555'::bigint;
  y := (y | (y << 16)) & x'0000FFFF0000FFFF'::bigint;
  y := (y | (y << 8)) & x'00FF00FF00FF00FF'::bigint;
  y := (y | (y << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
  y := (y | (y << 2)) & x'3333333333333333'::bigint;
  y := (y | (y << 1)) & x'5555555555555555'::bigint;
  RETURN x | (y << 1);
END $$;

-- A live row changes in one way only: its recorded time ends, by a changeset. Everything else is refused. The trigger's
-- argument tells that the table has generated columns, which stand empty in NEW before the row is stored.
CREATE FUNCTION qala.only_close() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE expected record;
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION '% of %.% is not allowed: versions are never removed', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'QA001';
  END IF;
  expected := OLD;
  expected.recorded := tstzrange(lower(OLD.recorded), upper(NEW.recorded));
  expected.closed_by := NEW.closed_by;
  IF TG_NARGS > 0 THEN
    expected.geom_4326 := NEW.geom_4326;
    expected.tile_zoom := NEW.tile_zoom;
    expected.tile_cell := NEW.tile_cell;
  END IF;
  IF OLD.closed_by IS NOT NULL OR NEW.closed_by IS NULL OR upper_inf(NEW.recorded) OR expected IS DISTINCT FROM NEW THEN
    RAISE EXCEPTION 'a version of %.% can only be closed, once', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'QA001';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION qala.only_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of %.% is not allowed: it only grows', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'QA001';
END $$;

CREATE FUNCTION qala.guard_versions(schema_name text, table_name text, generated text DEFAULT '') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER only_close BEFORE UPDATE OR DELETE ON %I.%I FOR EACH ROW
                  EXECUTE FUNCTION qala.only_close(%s)', schema_name, table_name, generated);
  EXECUTE format('CREATE TRIGGER never_truncate BEFORE TRUNCATE ON %I.%I EXECUTE FUNCTION qala.only_append()',
                 schema_name, table_name);
END $$;

-- The first version of a feature stands outside the exclusion constraint of its table; here it is held against the others.
CREATE FUNCTION qala.beside_first() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE overlapping boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I WHERE feature_id = $1 AND version = 1 AND valid && $2 AND recorded && $3)',
                 TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO overlapping USING NEW.feature_id, NEW.valid, NEW.recorded;
  IF overlapping THEN
    RAISE EXCEPTION 'version % of feature % of %.% overlaps its first version on both axes',
      NEW.version, NEW.feature_id, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION qala.guard_first(schema_name text, table_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER beside_first BEFORE INSERT ON %I.%I FOR EACH ROW WHEN (NEW.version > 1)
                  EXECUTE FUNCTION qala.beside_first()', schema_name, table_name);
END $$;

CREATE FUNCTION qala.guard_log(schema_name text, table_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER only_append BEFORE UPDATE OR DELETE ON %I.%I FOR EACH ROW
                  EXECUTE FUNCTION qala.only_append()', schema_name, table_name);
  EXECUTE format('CREATE TRIGGER never_truncate BEFORE TRUNCATE ON %I.%I EXECUTE FUNCTION qala.only_append()',
                 schema_name, table_name);
END $$;

SELECT qala.guard_log('qala', 'changeset');
SELECT qala.guard_log('qala', 'ledger');
SELECT qala.guard_log('qala', 'canonical_form');
SELECT qala.guard_versions('qala', 'lineage');
SELECT qala.guard_versions('qala', 'violation');

-- Two logins per database, neither owner nor superuser: one writes acts, one reads what the public may.
CREATE FUNCTION qala.reader() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_database() || '_reader' $$;
CREATE FUNCTION qala.writer() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_database() || '_writer' $$;

CREATE FUNCTION qala.grant_layer(schema_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I, %I', schema_name, qala.reader(), qala.writer());
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I, %I', schema_name, qala.reader(), qala.writer());
  EXECUTE format('GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA %I TO %I', schema_name, qala.writer());
END $$;

DO $$
DECLARE login text;
BEGIN
  FOREACH login IN ARRAY ARRAY[qala.reader(), qala.writer()] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', login);
    END IF;
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA qala TO %I, %I', qala.reader(), qala.writer());
  EXECUTE format('GRANT SELECT ON qala.city, qala.changeset, qala.ledger, qala.canonical_form, qala.lineage,
                  qala.violation TO %I', qala.reader());
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA qala TO %I', qala.writer());
  EXECUTE format('GRANT INSERT ON ALL TABLES IN SCHEMA qala TO %I', qala.writer());
  EXECUTE format('GRANT UPDATE ON qala.lineage, qala.violation, qala.imported, qala.token TO %I', qala.writer());
  EXECUTE format('GRANT DELETE ON qala.imported TO %I', qala.writer());
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA qala TO %I', qala.writer());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), qala.writer());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I, %I', current_database(), qala.reader(), qala.writer());
END $$;
