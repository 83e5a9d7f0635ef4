-- urban_planning.city_object
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.city_object (
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
  gml_id TEXT NOT NULL,
  object_type TEXT NOT NULL,
  parent_id TEXT,
  building_id BIGINT,
  lod TEXT,
  ground_height DOUBLE PRECISION,
  roof_height DOUBLE PRECISION,
  volume DOUBLE PRECISION,
  closed BOOLEAN,
  vertical_system TEXT,
  shape TEXT NOT NULL,
  attributes TEXT,
  members TEXT,
  flaws TEXT,
  derived BOOLEAN,
  CONSTRAINT city_object_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT city_object_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX city_object_bounded ON urban_planning.city_object (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX city_object_building_id ON urban_planning.city_object (building_id);
CREATE INDEX city_object_closed ON urban_planning.city_object (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX city_object_gml_id ON urban_planning.city_object (gml_id);
CREATE INDEX city_object_history ON urban_planning.city_object USING gist (geom, valid, recorded);
CREATE INDEX city_object_opened ON urban_planning.city_object (opened_by);
CREATE INDEX city_object_parent_id ON urban_planning.city_object (parent_id);
CREATE INDEX city_object_tail ON urban_planning.city_object USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX city_object_tail_from ON urban_planning.city_object (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX city_object_tail_key ON urban_planning.city_object (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX city_object_tail_tiles ON urban_planning.city_object (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'city_object', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'city_object');
CREATE STATISTICS urban_planning.city_object_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.city_object;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'city_object', false);
