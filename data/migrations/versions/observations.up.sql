-- A datastream is what one thing (a feature of the register, by its id) tells of one observed property, in one unit.
CREATE SCHEMA IF NOT EXISTS sensors;

CREATE TABLE sensors.datastream (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing bigint NOT NULL,
  observed_property text NOT NULL,
  unit text NOT NULL,
  UNIQUE (thing, observed_property)
);

-- A delivery is one file, taken in whole or not at all, and never twice; its counts add up to the rows it has.
CREATE TABLE sensors.delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  actor text NOT NULL,
  loaded timestamptz NOT NULL DEFAULT clock_timestamp(),
  read integer NOT NULL,
  refused integer NOT NULL
);

-- Every row that was read as a measurement is kept, the doubtful ones with their flag. A moment of a datastream has one
-- observation that counts: what is told again is a duplicate, what is told otherwise a conflict.
CREATE TABLE sensors.observation (
  datastream_id bigint NOT NULL REFERENCES sensors.datastream,
  phenomenon_time timestamptz NOT NULL,
  result double precision NOT NULL,
  quality text NOT NULL CHECK (quality IN ('good', 'negative', 'duplicate', 'conflict')),
  delivery_id bigint NOT NULL REFERENCES sensors.delivery,
  row integer NOT NULL
);
CREATE UNIQUE INDEX observation_told_once ON sensors.observation (datastream_id, phenomenon_time)
  WHERE quality IN ('good', 'negative');
CREATE INDEX observation_doubtful ON sensors.observation (datastream_id, phenomenon_time) WHERE quality <> 'good';
CREATE INDEX observation_delivery ON sensors.observation USING brin (delivery_id);

SELECT qala.guard_log('sensors', 'datastream');
SELECT qala.guard_log('sensors', 'delivery');
SELECT qala.guard_log('sensors', 'observation');

DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA sensors TO %I, %I', qala.reader(), qala.writer());
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA sensors TO %I, %I', qala.reader(), qala.writer());
  EXECUTE format('GRANT INSERT ON ALL TABLES IN SCHEMA sensors TO %I', qala.writer());
END $$;
