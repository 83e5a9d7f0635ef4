-- urban_planning.spatial_plan
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.spatial_plan (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(MULTIPOLYGON,{srid}) NOT NULL,
  geom_4326 geometry(MULTIPOLYGON,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  plan_type TEXT NOT NULL,
  title_kk TEXT NOT NULL,
  title_ru TEXT NOT NULL,
  edition TEXT,
  level_of_spatial_plan TEXT NOT NULL,
  process_step_general TEXT NOT NULL,
  ordinance_date DATE,
  ordinance_reference TEXT,
  official_document TEXT,
  official_document_hash TEXT,
  upper_plan_id BIGINT,
  horizon BIGINT,
  external_reference TEXT,
  CONSTRAINT spatial_plan_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT spatial_plan_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX spatial_plan_bounded ON urban_planning.spatial_plan (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX spatial_plan_closed ON urban_planning.spatial_plan (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX spatial_plan_history ON urban_planning.spatial_plan USING gist (geom, valid, recorded);
CREATE INDEX spatial_plan_opened ON urban_planning.spatial_plan (opened_by);
CREATE INDEX spatial_plan_tail ON urban_planning.spatial_plan USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX spatial_plan_tail_from ON urban_planning.spatial_plan (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX spatial_plan_tail_key ON urban_planning.spatial_plan (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX spatial_plan_tail_tiles ON urban_planning.spatial_plan (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX spatial_plan_upper_plan_id ON urban_planning.spatial_plan (upper_plan_id);
SELECT qala.guard_versions('urban_planning', 'spatial_plan', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'spatial_plan');
CREATE STATISTICS urban_planning.spatial_plan_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.spatial_plan;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'spatial_plan', false);

-- urban_planning.zoning_element
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.zoning_element (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(MULTIPOLYGON,{srid}) NOT NULL,
  geom_4326 geometry(MULTIPOLYGON,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  plan_id BIGINT NOT NULL,
  process_step_general TEXT NOT NULL,
  designation TEXT,
  functional_zone TEXT NOT NULL,
  hilucs_land_use TEXT,
  specific_land_use TEXT,
  regulation_nature TEXT,
  no_building BOOLEAN,
  max_height DOUBLE PRECISION,
  max_floors BIGINT,
  max_coverage DOUBLE PRECISION,
  max_floor_area_ratio DOUBLE PRECISION,
  min_green_share DOUBLE PRECISION,
  setback_front DOUBLE PRECISION,
  setback_side DOUBLE PRECISION,
  setback_rear DOUBLE PRECISION,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  external_reference TEXT,
  CONSTRAINT zoning_element_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT zoning_element_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX zoning_element_bounded ON urban_planning.zoning_element (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX zoning_element_closed ON urban_planning.zoning_element (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX zoning_element_history ON urban_planning.zoning_element USING gist (geom, valid, recorded);
CREATE INDEX zoning_element_opened ON urban_planning.zoning_element (opened_by);
CREATE INDEX zoning_element_plan_id ON urban_planning.zoning_element (plan_id);
CREATE INDEX zoning_element_tail ON urban_planning.zoning_element USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX zoning_element_tail_from ON urban_planning.zoning_element (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX zoning_element_tail_key ON urban_planning.zoning_element (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX zoning_element_tail_tiles ON urban_planning.zoning_element (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'zoning_element', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'zoning_element');
CREATE STATISTICS urban_planning.zoning_element_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.zoning_element;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'zoning_element', false);

-- urban_planning.regulation_line
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.regulation_line (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  geom geometry(MULTILINESTRING,{srid}) NOT NULL,
  geom_4326 geometry(MULTILINESTRING,4326) GENERATED ALWAYS AS (ST_Transform(geom, 4326)) STORED,
  tile_zoom SMALLINT GENERATED ALWAYS AS (qala.tile_zoom(geom)) STORED,
  tile_cell BIGINT GENERATED ALWAYS AS (qala.tile_cell(geom)) STORED,
  line_kind TEXT NOT NULL,
  designation TEXT,
  building_side TEXT NOT NULL,
  offset_distance DOUBLE PRECISION,
  plan_id BIGINT,
  process_step_general TEXT NOT NULL,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  external_reference TEXT,
  CONSTRAINT regulation_line_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT regulation_line_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX regulation_line_bounded ON urban_planning.regulation_line (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX regulation_line_closed ON urban_planning.regulation_line (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX regulation_line_history ON urban_planning.regulation_line USING gist (geom, valid, recorded);
CREATE INDEX regulation_line_opened ON urban_planning.regulation_line (opened_by);
CREATE INDEX regulation_line_plan_id ON urban_planning.regulation_line (plan_id);
CREATE INDEX regulation_line_tail ON urban_planning.regulation_line USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX regulation_line_tail_from ON urban_planning.regulation_line (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX regulation_line_tail_key ON urban_planning.regulation_line (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX regulation_line_tail_tiles ON urban_planning.regulation_line (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'regulation_line', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'regulation_line');
CREATE STATISTICS urban_planning.regulation_line_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.regulation_line;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'regulation_line', false);
