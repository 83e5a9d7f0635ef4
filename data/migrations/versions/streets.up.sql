-- urban_planning.street_segment
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.street_segment (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(LINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(LINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  street_id BIGINT,
  surface TEXT,
  smoothness TEXT,
  width DOUBLE PRECISION,
  incline DOUBLE PRECISION,
  incline_error DOUBLE PRECISION,
  incline_source TEXT,
  cross_slope DOUBLE PRECISION,
  foot TEXT,
  bicycle TEXT,
  wheelchair TEXT,
  lit BOOLEAN,
  tactile_paving TEXT,
  bridge BOOLEAN,
  tunnel BOOLEAN,
  level BIGINT,
  highway TEXT NOT NULL,
  one_way TEXT,
  bicycle_one_way TEXT,
  roundabout BOOLEAN,
  lanes BIGINT,
  max_speed DOUBLE PRECISION,
  motor_vehicle TEXT,
  heavy TEXT,
  max_height DOUBLE PRECISION,
  max_weight DOUBLE PRECISION,
  sidewalk TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT street_segment_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT street_segment_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX street_segment_bounded ON urban_planning.street_segment (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX street_segment_closed ON urban_planning.street_segment (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX street_segment_history ON urban_planning.street_segment USING gist (geom, valid, recorded);
CREATE INDEX street_segment_opened ON urban_planning.street_segment (opened_by);
CREATE INDEX street_segment_street_id ON urban_planning.street_segment (street_id);
CREATE INDEX street_segment_tail ON urban_planning.street_segment USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX street_segment_tail_from ON urban_planning.street_segment (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX street_segment_tail_key ON urban_planning.street_segment (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX street_segment_tail_tiles ON urban_planning.street_segment (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'street_segment', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'street_segment');
CREATE STATISTICS urban_planning.street_segment_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.street_segment;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'street_segment', false);

-- urban_planning.footway
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.footway (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(LINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(LINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  street_id BIGINT,
  surface TEXT,
  smoothness TEXT,
  width DOUBLE PRECISION,
  incline DOUBLE PRECISION,
  incline_error DOUBLE PRECISION,
  incline_source TEXT,
  cross_slope DOUBLE PRECISION,
  foot TEXT,
  bicycle TEXT,
  wheelchair TEXT,
  lit BOOLEAN,
  tactile_paving TEXT,
  bridge BOOLEAN,
  tunnel BOOLEAN,
  level BIGINT,
  footway TEXT NOT NULL,
  one_way TEXT,
  bicycle_one_way TEXT,
  motor_vehicle TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT footway_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT footway_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX footway_bounded ON urban_planning.footway (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX footway_closed ON urban_planning.footway (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX footway_history ON urban_planning.footway USING gist (geom, valid, recorded);
CREATE INDEX footway_opened ON urban_planning.footway (opened_by);
CREATE INDEX footway_street_id ON urban_planning.footway (street_id);
CREATE INDEX footway_tail ON urban_planning.footway USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX footway_tail_from ON urban_planning.footway (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX footway_tail_key ON urban_planning.footway (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX footway_tail_tiles ON urban_planning.footway (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'footway', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'footway');
CREATE STATISTICS urban_planning.footway_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.footway;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'footway', false);

-- urban_planning.crossing
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.crossing (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(LINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(LINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  street_id BIGINT,
  surface TEXT,
  smoothness TEXT,
  width DOUBLE PRECISION,
  incline DOUBLE PRECISION,
  incline_error DOUBLE PRECISION,
  incline_source TEXT,
  cross_slope DOUBLE PRECISION,
  foot TEXT,
  bicycle TEXT,
  wheelchair TEXT,
  lit BOOLEAN,
  tactile_paving TEXT,
  bridge BOOLEAN,
  tunnel BOOLEAN,
  level BIGINT,
  markings TEXT,
  signals BOOLEAN,
  sound_signals BOOLEAN,
  vibration BOOLEAN,
  island BOOLEAN,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT crossing_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT crossing_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX crossing_bounded ON urban_planning.crossing (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX crossing_closed ON urban_planning.crossing (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX crossing_history ON urban_planning.crossing USING gist (geom, valid, recorded);
CREATE INDEX crossing_opened ON urban_planning.crossing (opened_by);
CREATE INDEX crossing_street_id ON urban_planning.crossing (street_id);
CREATE INDEX crossing_tail ON urban_planning.crossing USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX crossing_tail_from ON urban_planning.crossing (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX crossing_tail_key ON urban_planning.crossing (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX crossing_tail_tiles ON urban_planning.crossing (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'crossing', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'crossing');
CREATE STATISTICS urban_planning.crossing_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.crossing;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'crossing', false);

-- urban_planning.steps
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.steps (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(LINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(LINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  street_id BIGINT,
  surface TEXT,
  smoothness TEXT,
  width DOUBLE PRECISION,
  incline DOUBLE PRECISION,
  incline_error DOUBLE PRECISION,
  incline_source TEXT,
  cross_slope DOUBLE PRECISION,
  foot TEXT,
  bicycle TEXT,
  wheelchair TEXT,
  lit BOOLEAN,
  tactile_paving TEXT,
  bridge BOOLEAN,
  tunnel BOOLEAN,
  level BIGINT,
  step_count BIGINT,
  step_height DOUBLE PRECISION,
  climb TEXT,
  one_way TEXT,
  handrail TEXT,
  wheelchair_ramp BOOLEAN,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT steps_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT steps_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX steps_bounded ON urban_planning.steps (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX steps_closed ON urban_planning.steps (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX steps_history ON urban_planning.steps USING gist (geom, valid, recorded);
CREATE INDEX steps_opened ON urban_planning.steps (opened_by);
CREATE INDEX steps_street_id ON urban_planning.steps (street_id);
CREATE INDEX steps_tail ON urban_planning.steps USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX steps_tail_from ON urban_planning.steps (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX steps_tail_key ON urban_planning.steps (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX steps_tail_tiles ON urban_planning.steps (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'steps', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'steps');
CREATE STATISTICS urban_planning.steps_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.steps;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'steps', false);

-- urban_planning.ramp
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.ramp (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(LINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(LINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  street_id BIGINT,
  surface TEXT,
  smoothness TEXT,
  width DOUBLE PRECISION,
  incline DOUBLE PRECISION,
  incline_error DOUBLE PRECISION,
  incline_source TEXT,
  cross_slope DOUBLE PRECISION,
  foot TEXT,
  bicycle TEXT,
  wheelchair TEXT,
  lit BOOLEAN,
  tactile_paving TEXT,
  bridge BOOLEAN,
  tunnel BOOLEAN,
  level BIGINT,
  handrail TEXT,
  rise DOUBLE PRECISION,
  status TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT ramp_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT ramp_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX ramp_bounded ON urban_planning.ramp (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX ramp_closed ON urban_planning.ramp (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX ramp_history ON urban_planning.ramp USING gist (geom, valid, recorded);
CREATE INDEX ramp_opened ON urban_planning.ramp (opened_by);
CREATE INDEX ramp_street_id ON urban_planning.ramp (street_id);
CREATE INDEX ramp_tail ON urban_planning.ramp USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX ramp_tail_from ON urban_planning.ramp (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX ramp_tail_key ON urban_planning.ramp (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX ramp_tail_tiles ON urban_planning.ramp (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'ramp', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'ramp');
CREATE STATISTICS urban_planning.ramp_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.ramp;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'ramp', false);

-- urban_planning.kerb
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.kerb (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(POINT,{srid}) NOT NULL,
  geom_4326 geometry(POINT,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  kerb TEXT,
  height DOUBLE PRECISION,
  tactile_paving TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT kerb_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT kerb_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX kerb_bounded ON urban_planning.kerb (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX kerb_closed ON urban_planning.kerb (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX kerb_history ON urban_planning.kerb USING gist (geom, valid, recorded);
CREATE INDEX kerb_opened ON urban_planning.kerb (opened_by);
CREATE INDEX kerb_tail ON urban_planning.kerb USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX kerb_tail_from ON urban_planning.kerb (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX kerb_tail_key ON urban_planning.kerb (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX kerb_tail_tiles ON urban_planning.kerb (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'kerb', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'kerb');
CREATE STATISTICS urban_planning.kerb_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.kerb;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'kerb', false);

-- urban_planning.lift
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.lift (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(POINT,{srid}) NOT NULL,
  geom_4326 geometry(POINT,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  status TEXT,
  door_width DOUBLE PRECISION,
  width DOUBLE PRECISION,
  depth DOUBLE PRECISION,
  hours TEXT,
  wait DOUBLE PRECISION,
  speech BOOLEAN,
  braille BOOLEAN,
  wheelchair TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT lift_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT lift_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX lift_bounded ON urban_planning.lift (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX lift_closed ON urban_planning.lift (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX lift_history ON urban_planning.lift USING gist (geom, valid, recorded);
CREATE INDEX lift_opened ON urban_planning.lift (opened_by);
CREATE INDEX lift_tail ON urban_planning.lift USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX lift_tail_from ON urban_planning.lift (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX lift_tail_key ON urban_planning.lift (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX lift_tail_tiles ON urban_planning.lift (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'lift', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'lift');
CREATE STATISTICS urban_planning.lift_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.lift;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'lift', false);

-- urban_planning.barrier
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.barrier (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(POINT,{srid}) NOT NULL,
  geom_4326 geometry(POINT,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  barrier TEXT NOT NULL,
  width DOUBLE PRECISION,
  max_height DOUBLE PRECISION,
  foot TEXT,
  bicycle TEXT,
  motor_vehicle TEXT,
  heavy TEXT,
  wheelchair TEXT,
  locked BOOLEAN,
  hours TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT barrier_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT barrier_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX barrier_bounded ON urban_planning.barrier (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX barrier_closed ON urban_planning.barrier (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX barrier_history ON urban_planning.barrier USING gist (geom, valid, recorded);
CREATE INDEX barrier_opened ON urban_planning.barrier (opened_by);
CREATE INDEX barrier_tail ON urban_planning.barrier USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX barrier_tail_from ON urban_planning.barrier (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX barrier_tail_key ON urban_planning.barrier (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX barrier_tail_tiles ON urban_planning.barrier (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'barrier', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'barrier');
CREATE STATISTICS urban_planning.barrier_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.barrier;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'barrier', false);

-- urban_planning.traffic_signal
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.traffic_signal (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(POINT,{srid}) NOT NULL,
  geom_4326 geometry(POINT,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  sound_signals BOOLEAN,
  vibration BOOLEAN,
  cycle DOUBLE PRECISION,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT traffic_signal_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT traffic_signal_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX traffic_signal_bounded ON urban_planning.traffic_signal (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX traffic_signal_closed ON urban_planning.traffic_signal (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX traffic_signal_history ON urban_planning.traffic_signal USING gist (geom, valid, recorded);
CREATE INDEX traffic_signal_opened ON urban_planning.traffic_signal (opened_by);
CREATE INDEX traffic_signal_tail ON urban_planning.traffic_signal USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX traffic_signal_tail_from ON urban_planning.traffic_signal (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX traffic_signal_tail_key ON urban_planning.traffic_signal (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX traffic_signal_tail_tiles ON urban_planning.traffic_signal (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'traffic_signal', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'traffic_signal');
CREATE STATISTICS urban_planning.traffic_signal_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.traffic_signal;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'traffic_signal', false);

-- urban_planning.turn_restriction
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.turn_restriction (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(POINT,{srid}) NOT NULL,
  geom_4326 geometry(POINT,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  from_segment BIGINT NOT NULL,
  to_segment BIGINT NOT NULL,
  restriction TEXT NOT NULL,
  except_modes TEXT,
  hours TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT turn_restriction_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT turn_restriction_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX turn_restriction_bounded ON urban_planning.turn_restriction (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX turn_restriction_closed ON urban_planning.turn_restriction (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX turn_restriction_from_segment ON urban_planning.turn_restriction (from_segment);
CREATE INDEX turn_restriction_history ON urban_planning.turn_restriction USING gist (geom, valid, recorded);
CREATE INDEX turn_restriction_opened ON urban_planning.turn_restriction (opened_by);
CREATE INDEX turn_restriction_tail ON urban_planning.turn_restriction USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX turn_restriction_tail_from ON urban_planning.turn_restriction (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX turn_restriction_tail_key ON urban_planning.turn_restriction (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX turn_restriction_tail_tiles ON urban_planning.turn_restriction (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX turn_restriction_to_segment ON urban_planning.turn_restriction (to_segment);
SELECT qala.guard_versions('urban_planning', 'turn_restriction', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'turn_restriction');
CREATE STATISTICS urban_planning.turn_restriction_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.turn_restriction;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'turn_restriction', false);

-- urban_planning.closure
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.closure (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(LINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(LINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  closed_id BIGINT NOT NULL,
  modes TEXT,
  hours TEXT,
  reason TEXT,
  reason_kk TEXT,
  reason_ru TEXT,
  reason_en TEXT,
  inferred BOOLEAN,
  checked_on DATE,
  description TEXT,
  external_reference TEXT,
  CONSTRAINT closure_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT closure_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX closure_bounded ON urban_planning.closure (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX closure_closed ON urban_planning.closure (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX closure_closed_id ON urban_planning.closure (closed_id);
CREATE INDEX closure_history ON urban_planning.closure USING gist (geom, valid, recorded);
CREATE INDEX closure_opened ON urban_planning.closure (opened_by);
CREATE INDEX closure_tail ON urban_planning.closure USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX closure_tail_from ON urban_planning.closure (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX closure_tail_key ON urban_planning.closure (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX closure_tail_tiles ON urban_planning.closure (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'closure', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'closure');
CREATE STATISTICS urban_planning.closure_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.closure;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'closure', false);

-- urban_planning.street_speed
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.street_speed (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  segment_id BIGINT NOT NULL,
  direction TEXT NOT NULL,
  speed DOUBLE PRECISION NOT NULL,
  external_reference TEXT,
  CONSTRAINT street_speed_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT street_speed_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX street_speed_bounded ON urban_planning.street_speed (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX street_speed_closed ON urban_planning.street_speed (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX street_speed_opened ON urban_planning.street_speed (opened_by);
CREATE INDEX street_speed_segment_id ON urban_planning.street_speed (segment_id);
CREATE INDEX street_speed_tail_from ON urban_planning.street_speed (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX street_speed_tail_key ON urban_planning.street_speed (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'street_speed');
SELECT qala.guard_first('urban_planning', 'street_speed');
CREATE STATISTICS urban_planning.street_speed_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.street_speed;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'street_speed', false);

-- urban_planning.daily_speed
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.daily_speed (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  segment_id BIGINT NOT NULL,
  direction TEXT NOT NULL,
  days TEXT NOT NULL,
  speeds TEXT NOT NULL,
  external_reference TEXT,
  CONSTRAINT daily_speed_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT daily_speed_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX daily_speed_bounded ON urban_planning.daily_speed (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX daily_speed_closed ON urban_planning.daily_speed (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX daily_speed_opened ON urban_planning.daily_speed (opened_by);
CREATE INDEX daily_speed_segment_id ON urban_planning.daily_speed (segment_id);
CREATE INDEX daily_speed_tail_from ON urban_planning.daily_speed (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX daily_speed_tail_key ON urban_planning.daily_speed (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'daily_speed');
SELECT qala.guard_first('urban_planning', 'daily_speed');
CREATE STATISTICS urban_planning.daily_speed_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.daily_speed;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'daily_speed', false);

-- urban_planning.accessibility_norm
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.accessibility_norm (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  code TEXT NOT NULL,
  edition TEXT NOT NULL,
  clause TEXT,
  object_kind TEXT NOT NULL,
  attribute TEXT NOT NULL,
  at_least DOUBLE PRECISION,
  at_most DOUBLE PRECISION,
  unit TEXT,
  condition TEXT,
  confirmed BOOLEAN NOT NULL,
  statement_kk TEXT NOT NULL,
  statement_ru TEXT NOT NULL,
  statement_en TEXT NOT NULL,
  CONSTRAINT accessibility_norm_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT accessibility_norm_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX accessibility_norm_bounded ON urban_planning.accessibility_norm (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX accessibility_norm_closed ON urban_planning.accessibility_norm (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX accessibility_norm_code ON urban_planning.accessibility_norm (code);
CREATE INDEX accessibility_norm_opened ON urban_planning.accessibility_norm (opened_by);
CREATE INDEX accessibility_norm_tail_from ON urban_planning.accessibility_norm (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX accessibility_norm_tail_key ON urban_planning.accessibility_norm (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'accessibility_norm');
SELECT qala.guard_first('urban_planning', 'accessibility_norm');
CREATE STATISTICS urban_planning.accessibility_norm_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.accessibility_norm;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'accessibility_norm', false);
