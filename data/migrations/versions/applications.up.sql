-- The last serial of each year's applications. Its row is the lock under which a number and a moment of receipt are given.
CREATE TABLE qala.application_series (
  year integer PRIMARY KEY,
  last integer NOT NULL CHECK (last BETWEEN 1 AND 9999999)
);

-- An application as it was taken in: its number is the year and seven digits, and numbers go with the moments of receipt.
-- Its term, and what it bars to others while it is examined, are those in force on that day.
CREATE TABLE qala.application (
  number bigint PRIMARY KEY,
  kind text NOT NULL,
  received timestamptz NOT NULL UNIQUE,
  term smallint NOT NULL CHECK (term > 0),
  days text NOT NULL CHECK (days IN ('working', 'calendar')),
  holds text NOT NULL CHECK (holds IN ('nothing', 'objects', 'referring')),
  code_hash bytea NOT NULL
);

-- The features that it concerns.
CREATE TABLE qala.application_object (
  application bigint NOT NULL REFERENCES qala.application,
  layer text NOT NULL,
  feature_id bigint NOT NULL,
  PRIMARY KEY (application, layer, feature_id)
);
CREATE INDEX application_object_feature ON qala.application_object (feature_id);

-- Every step, by whom and when.
CREATE TABLE qala.application_event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  application bigint NOT NULL REFERENCES qala.application,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  state text NOT NULL CHECK (state IN ('received', 'examination', 'suspended', 'decided', 'refused', 'withdrawn')),
  actor text NOT NULL,
  role text NOT NULL,
  reasons text[] NOT NULL DEFAULT '{}',
  changeset bigint,
  CHECK ((state = 'decided') = (changeset IS NOT NULL)),
  CHECK (state NOT IN ('suspended', 'refused') OR reasons <> '{}')
);
CREATE INDEX application_event_application ON qala.application_event (application, event_id);
CREATE INDEX application_event_changeset ON qala.application_event (changeset) WHERE changeset IS NOT NULL;

-- The state of each, as the last event tells it.
CREATE TABLE qala.application_now (
  application bigint PRIMARY KEY REFERENCES qala.application,
  state text NOT NULL
);
CREATE INDEX application_now_state ON qala.application_now (state, application);

-- Who applied. The rest of the schema's tables are layers; these belong to the counter alone.
CREATE TABLE personal.applicant (
  application bigint PRIMARY KEY REFERENCES qala.application,
  party_type text NOT NULL CHECK (party_type IN ('naturalPerson', 'nonNaturalPerson')),
  name text NOT NULL CHECK (name ~ '\S'),
  iin_bin text
);
CREATE INDEX applicant_iin_bin ON personal.applicant (iin_bin);

-- What was handed in, as it was handed in.
CREATE TABLE personal.application_document (
  application bigint NOT NULL REFERENCES qala.application,
  serial integer NOT NULL CHECK (serial BETWEEN 1 AND 100),
  added timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  sha256 bytea NOT NULL CHECK (sha256 = sha256(content)),
  content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 20971520),
  PRIMARY KEY (application, serial)
);
ALTER TABLE personal.application_document ALTER COLUMN content SET STORAGE EXTERNAL;

-- What the clerk wrote beside the codes of the reasons; it may name persons.
CREATE TABLE personal.application_note (
  event_id bigint PRIMARY KEY REFERENCES qala.application_event,
  note text NOT NULL CHECK (note ~ '\S')
);

SELECT qala.guard_log('qala', name) FROM unnest(ARRAY['application', 'application_object', 'application_event']) AS name;
SELECT qala.guard_log('personal', name), qala.grant_confidential('personal', name)
FROM unnest(ARRAY['applicant', 'application_document', 'application_note']) AS name;

CREATE FUNCTION qala.application_state(sought bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT state FROM qala.application_now WHERE application = sought
$$;

-- Each step is held against the last one, whoever takes it.
CREATE FUNCTION qala.next_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE known text := (SELECT state FROM qala.application_now WHERE application = NEW.application FOR UPDATE);
BEGIN
  IF NOT coalesce(CASE NEW.state
    WHEN 'received' THEN known IS NULL
    WHEN 'examination' THEN known IN ('received', 'suspended')
    WHEN 'suspended' THEN known = 'examination'
    WHEN 'decided' THEN known = 'examination'
    ELSE known IN ('received', 'examination', 'suspended')
  END, false) THEN
    RAISE EXCEPTION 'application %: no step leads from % to %', NEW.application, known, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO qala.application_now AS n VALUES (NEW.application, NEW.state)
  ON CONFLICT (application) DO UPDATE SET state = NEW.state;
  RETURN NEW;
END $$;
CREATE TRIGGER next_step BEFORE INSERT ON qala.application_event FOR EACH ROW EXECUTE FUNCTION qala.next_step();

-- The applications under examination that came in earlier for one of the same features: they are treated first.
CREATE FUNCTION qala.application_ahead(sought bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT earlier.application ORDER BY earlier.application), '{}')
  FROM qala.application_object AS own
  JOIN qala.application_object AS earlier USING (layer, feature_id)
  JOIN qala.application AS a ON a.number = sought AND a.holds <> 'nothing'
  JOIN qala.application AS b ON b.number = earlier.application AND b.holds <> 'nothing'
  WHERE own.application = sought AND earlier.application < sought
    AND EXISTS (SELECT FROM qala.application_now AS n
                WHERE n.application = earlier.application AND n.state IN ('examination', 'suspended'))
$$;

-- What the public login may know of an application: nothing, but to who brings the code of its receipt.
CREATE FUNCTION qala.application_status(sought bigint, code bytea)
RETURNS TABLE (kind text, received timestamptz, term smallint, days text, ahead integer, at timestamptz, state text,
               reasons text[], changeset bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT a.kind, a.received, a.term, a.days, cardinality(qala.application_ahead(a.number)), e.at, e.state, e.reasons, e.changeset
  FROM qala.application AS a JOIN qala.application_event AS e ON e.application = a.number
  WHERE a.number = sought AND a.code_hash = code ORDER BY e.event_id
$$;
REVOKE EXECUTE ON FUNCTION qala.application_status(bigint, bytea) FROM PUBLIC;

DO $$
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON qala.application, qala.application_object, qala.application_event TO %I',
                 qala.writer());
  EXECUTE format('GRANT SELECT ON qala.application_now TO %I', qala.writer());
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON qala.application_series TO %I', qala.writer());
  EXECUTE format('GRANT SELECT (number, kind, received, term, days, holds) ON qala.application TO %I',
                 qala.confidant());
  EXECUTE format('GRANT SELECT ON qala.application_object, qala.application_event, qala.application_now TO %I',
                 qala.confidant());
  EXECUTE format('GRANT EXECUTE ON FUNCTION qala.application_status(bigint, bytea) TO %I', qala.reader());
END $$;
