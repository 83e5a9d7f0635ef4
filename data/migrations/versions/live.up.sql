-- A segment has a word for every quarter of an hour that ever was; only those that still count are looked for.
CREATE INDEX street_speed_lately ON urban_planning.street_speed (segment_id, (coalesce(upper(valid), 'infinity')))
WHERE upper_inf(recorded);

-- A report from the field: the draft that holds what it proposes, what it is about, where, who made it, and what became
-- of it. Words that the reporter put into fields (words) wait here until it is accepted: the public login reads drafts,
-- and nothing of this. One that is accepted though its draft proposes nothing any more confirms what the register says.
CREATE SEQUENCE qala.report_number AS bigint;
CREATE TABLE qala.report (
  number bigint PRIMARY KEY,
  draft_id bigint NOT NULL UNIQUE REFERENCES qala.draft,
  kind text NOT NULL CHECK (kind ~ '\S'),
  layer text NOT NULL,
  feature_id bigint,
  place geometry(Point, {srid}) NOT NULL,
  seen timestamptz NOT NULL,
  words jsonb NOT NULL DEFAULT '{}',
  note text,
  language text NOT NULL,
  reporter text NOT NULL CHECK (reporter ~ '\S'),
  token_id bigint,
  outcome text CHECK (outcome IN ('accepted', 'declined', 'withdrawn')),
  answer text CHECK (answer ~ '\S'),
  decided timestamptz,
  decided_by text,
  CHECK ((decided IS NULL) = (outcome IS NULL) AND (decided_by IS NULL) = (outcome IS NULL)),
  CHECK (outcome IS DISTINCT FROM 'declined' OR answer IS NOT NULL)
);
CREATE INDEX report_feature ON qala.report (feature_id);
CREATE INDEX report_place ON qala.report USING gist (place);
CREATE INDEX report_reporter ON qala.report (reporter, number);

-- No report takes the name of a draft that there is or was.
SELECT setval('qala.report_number', max(substr(name, 8)::bigint)) FROM qala.draft
WHERE name ~ '^report-[0-9]{1,15}$' HAVING max(substr(name, 8)::bigint) > 0;

-- Photographs may show persons: the confidant sees them, once a look is logged. One that is erased leaves its hash, and
-- who erased it, when and why.
CREATE TABLE qala.report_photo (
  number bigint NOT NULL REFERENCES qala.report,
  serial integer NOT NULL CHECK (serial BETWEEN 1 AND 10),
  added timestamptz NOT NULL DEFAULT clock_timestamp(),
  media_type text NOT NULL,
  sha256 bytea NOT NULL CHECK (sha256 = sha256(content)),
  content bytea CHECK (octet_length(content) BETWEEN 1 AND 8388608),
  erased timestamptz,
  erased_by text,
  erased_for text CHECK (erased_for ~ '\S'),
  PRIMARY KEY (number, serial),
  CHECK ((content IS NULL) = (erased IS NOT NULL) AND num_nulls(erased, erased_by, erased_for) IN (0, 3))
);
ALTER TABLE qala.report_photo ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE FUNCTION qala.only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.content IS NOT NULL AND NEW.content IS NULL
     AND (NEW.number, NEW.serial, NEW.added, NEW.media_type, NEW.sha256)
       = (OLD.number, OLD.serial, OLD.added, OLD.media_type, OLD.sha256) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% of %.% is not allowed: a photograph stays as it is, or is erased', TG_OP, TG_TABLE_SCHEMA,
    TG_TABLE_NAME USING ERRCODE = 'QA001';
END $$;
CREATE TRIGGER only_erased BEFORE UPDATE OR DELETE ON qala.report_photo FOR EACH ROW
EXECUTE FUNCTION qala.only_erased();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON qala.report_photo EXECUTE FUNCTION qala.only_append();
ALTER TABLE qala.report_photo ENABLE ROW LEVEL SECURITY;

DO $$
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON qala.report TO %I', qala.writer());
  EXECUTE format('GRANT UPDATE (feature_id, layer, outcome, answer, decided, decided_by) ON qala.report TO %I',
                 qala.writer());
  EXECUTE format('GRANT SELECT, INSERT, UPDATE (content, erased, erased_by, erased_for) ON qala.report_photo TO %I',
                 qala.writer());
  EXECUTE format('GRANT SELECT ON qala.report_photo TO %I', qala.confidant());
  EXECUTE format('CREATE POLICY acts ON qala.report_photo TO %I USING (true) WITH CHECK (true)', qala.writer());
  EXECUTE format('CREATE POLICY logged_looks ON qala.report_photo FOR SELECT TO %I
                  USING ((SELECT qala.look_is_logged()))', qala.confidant());
  EXECUTE format('GRANT USAGE ON SEQUENCE qala.report_number TO %I', qala.writer());
END $$;
