-- urban_planning.network_structure
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.network_structure (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(POLYGON,{srid}) NOT NULL,
  geom_4326 geometry(POLYGON,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  utility_network_type TEXT NOT NULL,
  structure_kind TEXT NOT NULL,
  current_status TEXT NOT NULL,
  vertical_position TEXT,
  operator TEXT,
  operator_bin TEXT,
  voltage DOUBLE PRECISION,
  protection_class TEXT,
  external_reference TEXT,
  CONSTRAINT network_structure_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT network_structure_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX network_structure_bounded ON urban_planning.network_structure (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX network_structure_closed ON urban_planning.network_structure (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX network_structure_history ON urban_planning.network_structure USING gist (geom, valid, recorded);
CREATE INDEX network_structure_opened ON urban_planning.network_structure (opened_by);
CREATE INDEX network_structure_tail ON urban_planning.network_structure USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_structure_tail_from ON urban_planning.network_structure (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX network_structure_tail_key ON urban_planning.network_structure (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_structure_tail_tiles ON urban_planning.network_structure (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_structure_utility_network_type ON urban_planning.network_structure (utility_network_type);
SELECT qala.guard_versions('urban_planning', 'network_structure', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'network_structure');
CREATE STATISTICS urban_planning.network_structure_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.network_structure;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'network_structure', false);

-- urban_planning.network_node
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.network_node (
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
  utility_network_type TEXT NOT NULL,
  node_kind TEXT NOT NULL,
  lets_through BOOLEAN,
  designation TEXT,
  current_status TEXT NOT NULL,
  structure_id BIGINT,
  elevation DOUBLE PRECISION,
  operator TEXT,
  operator_bin TEXT,
  external_reference TEXT,
  CONSTRAINT network_node_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT network_node_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX network_node_bounded ON urban_planning.network_node (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX network_node_closed ON urban_planning.network_node (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX network_node_history ON urban_planning.network_node USING gist (geom, valid, recorded);
CREATE INDEX network_node_opened ON urban_planning.network_node (opened_by);
CREATE INDEX network_node_structure_id ON urban_planning.network_node (structure_id);
CREATE INDEX network_node_tail ON urban_planning.network_node USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_node_tail_from ON urban_planning.network_node (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX network_node_tail_key ON urban_planning.network_node (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_node_tail_tiles ON urban_planning.network_node (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'network_node', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'network_node');
CREATE STATISTICS urban_planning.network_node_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.network_node;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'network_node', false);

-- urban_planning.network_line
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.network_line (
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
  utility_network_type TEXT NOT NULL,
  from_node BIGINT,
  to_node BIGINT,
  flow_direction TEXT NOT NULL,
  designation TEXT,
  current_status TEXT NOT NULL,
  vertical_position TEXT,
  operator TEXT,
  operator_bin TEXT,
  diameter DOUBLE PRECISION,
  pressure DOUBLE PRECISION,
  pressure_class TEXT,
  voltage DOUBLE PRECISION,
  circuits BIGINT,
  insulated BOOLEAN,
  half_width DOUBLE PRECISION,
  material TEXT,
  depth_from DOUBLE PRECISION,
  depth_to DOUBLE PRECISION,
  invert_from DOUBLE PRECISION,
  invert_to DOUBLE PRECISION,
  protection_class TEXT,
  external_reference TEXT,
  CONSTRAINT network_line_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT network_line_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX network_line_bounded ON urban_planning.network_line (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX network_line_closed ON urban_planning.network_line (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX network_line_from_node ON urban_planning.network_line (from_node);
CREATE INDEX network_line_history ON urban_planning.network_line USING gist (geom, valid, recorded);
CREATE INDEX network_line_opened ON urban_planning.network_line (opened_by);
CREATE INDEX network_line_tail ON urban_planning.network_line USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_line_tail_from ON urban_planning.network_line (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX network_line_tail_key ON urban_planning.network_line (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_line_tail_tiles ON urban_planning.network_line (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX network_line_to_node ON urban_planning.network_line (to_node);
CREATE INDEX network_line_utility_network_type ON urban_planning.network_line (utility_network_type);
SELECT qala.guard_versions('urban_planning', 'network_line', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'network_line');
CREATE STATISTICS urban_planning.network_line_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.network_line;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'network_line', false);

-- urban_planning.clearance
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.clearance (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  one_network TEXT NOT NULL,
  other_network TEXT NOT NULL,
  min_horizontal DOUBLE PRECISION,
  min_vertical DOUBLE PRECISION,
  legal_basis TEXT,
  confirmed BOOLEAN NOT NULL,
  CONSTRAINT clearance_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT clearance_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX clearance_bounded ON urban_planning.clearance (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX clearance_closed ON urban_planning.clearance (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX clearance_one_network ON urban_planning.clearance (one_network);
CREATE INDEX clearance_opened ON urban_planning.clearance (opened_by);
CREATE INDEX clearance_tail_from ON urban_planning.clearance (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX clearance_tail_key ON urban_planning.clearance (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'clearance');
SELECT qala.guard_first('urban_planning', 'clearance');
CREATE STATISTICS urban_planning.clearance_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.clearance;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'clearance', false);
