-- environment.water_reach
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.water_reach (
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
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  water_body_id BIGINT,
  water_class TEXT NOT NULL,
  measured_from TEXT NOT NULL,
  half_width DOUBLE PRECISION,
  zone_width DOUBLE PRECISION,
  strip_width DOUBLE PRECISION,
  legal_basis TEXT,
  external_reference TEXT,
  CONSTRAINT water_reach_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT water_reach_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX water_reach_bounded ON environment.water_reach (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX water_reach_closed ON environment.water_reach (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX water_reach_history ON environment.water_reach USING gist (geom, valid, recorded);
CREATE INDEX water_reach_opened ON environment.water_reach (opened_by);
CREATE INDEX water_reach_tail ON environment.water_reach USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_reach_tail_from ON environment.water_reach (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX water_reach_tail_key ON environment.water_reach (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_reach_tail_tiles ON environment.water_reach (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_reach_water_body_id ON environment.water_reach (water_body_id);
CREATE INDEX water_reach_water_class ON environment.water_reach (water_class);
SELECT qala.guard_versions('environment', 'water_reach', 'geom_4326');
SELECT qala.guard_first('environment', 'water_reach');
CREATE STATISTICS environment.water_reach_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.water_reach;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'water_reach', false);

-- environment.protected_site
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.protected_site (
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
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  site_kind TEXT NOT NULL,
  legal_foundation_date DATE,
  legal_foundation_document TEXT,
  competent_authority TEXT,
  official_area DOUBLE PRECISION,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  external_reference TEXT,
  CONSTRAINT protected_site_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT protected_site_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX protected_site_bounded ON environment.protected_site (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX protected_site_closed ON environment.protected_site (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX protected_site_history ON environment.protected_site USING gist (geom, valid, recorded);
CREATE INDEX protected_site_opened ON environment.protected_site (opened_by);
CREATE INDEX protected_site_tail ON environment.protected_site USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX protected_site_tail_from ON environment.protected_site (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX protected_site_tail_key ON environment.protected_site (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX protected_site_tail_tiles ON environment.protected_site (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'protected_site', 'geom_4326');
SELECT qala.guard_first('environment', 'protected_site');
CREATE STATISTICS environment.protected_site_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.protected_site;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'protected_site', false);

-- environment.protected_zone
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.protected_zone (
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
  site_id BIGINT NOT NULL,
  zone_type TEXT NOT NULL,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  CONSTRAINT protected_zone_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT protected_zone_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX protected_zone_bounded ON environment.protected_zone (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX protected_zone_closed ON environment.protected_zone (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX protected_zone_history ON environment.protected_zone USING gist (geom, valid, recorded);
CREATE INDEX protected_zone_opened ON environment.protected_zone (opened_by);
CREATE INDEX protected_zone_site_id ON environment.protected_zone (site_id);
CREATE INDEX protected_zone_tail ON environment.protected_zone USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX protected_zone_tail_from ON environment.protected_zone (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX protected_zone_tail_key ON environment.protected_zone (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX protected_zone_tail_tiles ON environment.protected_zone (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'protected_zone', 'geom_4326');
SELECT qala.guard_first('environment', 'protected_zone');
CREATE STATISTICS environment.protected_zone_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.protected_zone;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'protected_zone', false);

-- environment.facility
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.facility (
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
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  activity TEXT,
  hazard_class TEXT NOT NULL,
  zone_width DOUBLE PRECISION,
  legal_basis TEXT,
  external_reference TEXT,
  CONSTRAINT facility_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT facility_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX facility_bounded ON environment.facility (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX facility_closed ON environment.facility (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX facility_hazard_class ON environment.facility (hazard_class);
CREATE INDEX facility_history ON environment.facility USING gist (geom, valid, recorded);
CREATE INDEX facility_opened ON environment.facility (opened_by);
CREATE INDEX facility_tail ON environment.facility USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX facility_tail_from ON environment.facility (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX facility_tail_key ON environment.facility (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX facility_tail_tiles ON environment.facility (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'facility', 'geom_4326');
SELECT qala.guard_first('environment', 'facility');
CREATE STATISTICS environment.facility_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.facility;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'facility', false);

-- environment.zone_parameter
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.zone_parameter (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  zone_kind TEXT NOT NULL,
  class_key TEXT NOT NULL,
  "over" DOUBLE PRECISION,
  upto DOUBLE PRECISION,
  width DOUBLE PRECISION NOT NULL,
  measured_from TEXT,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  confirmed BOOLEAN NOT NULL,
  CONSTRAINT zone_parameter_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT zone_parameter_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX zone_parameter_bounded ON environment.zone_parameter (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX zone_parameter_class_key ON environment.zone_parameter (class_key);
CREATE INDEX zone_parameter_closed ON environment.zone_parameter (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX zone_parameter_opened ON environment.zone_parameter (opened_by);
CREATE INDEX zone_parameter_tail_from ON environment.zone_parameter (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX zone_parameter_tail_key ON environment.zone_parameter (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX zone_parameter_zone_kind ON environment.zone_parameter (zone_kind);
SELECT qala.guard_versions('environment', 'zone_parameter');
SELECT qala.guard_first('environment', 'zone_parameter');
CREATE STATISTICS environment.zone_parameter_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.zone_parameter;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'zone_parameter', false);

-- environment.water_protection_zone
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.water_protection_zone (
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
  zone_kind TEXT NOT NULL,
  source_id BIGINT NOT NULL,
  parameter_id BIGINT,
  width DOUBLE PRECISION,
  derived BOOLEAN NOT NULL,
  established BOOLEAN NOT NULL,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  CONSTRAINT water_protection_zone_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT water_protection_zone_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX water_protection_zone_bounded ON environment.water_protection_zone (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX water_protection_zone_closed ON environment.water_protection_zone (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX water_protection_zone_history ON environment.water_protection_zone USING gist (geom, valid, recorded);
CREATE INDEX water_protection_zone_opened ON environment.water_protection_zone (opened_by);
CREATE INDEX water_protection_zone_parameter_id ON environment.water_protection_zone (parameter_id);
CREATE INDEX water_protection_zone_source_id ON environment.water_protection_zone (source_id);
CREATE INDEX water_protection_zone_tail ON environment.water_protection_zone USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_protection_zone_tail_from ON environment.water_protection_zone (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX water_protection_zone_tail_key ON environment.water_protection_zone (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_protection_zone_tail_tiles ON environment.water_protection_zone (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_protection_zone_zone_kind ON environment.water_protection_zone (zone_kind);
SELECT qala.guard_versions('environment', 'water_protection_zone', 'geom_4326');
SELECT qala.guard_first('environment', 'water_protection_zone');
CREATE STATISTICS environment.water_protection_zone_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.water_protection_zone;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'water_protection_zone', false);

-- environment.water_protection_strip
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.water_protection_strip (
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
  zone_kind TEXT NOT NULL,
  source_id BIGINT NOT NULL,
  parameter_id BIGINT,
  width DOUBLE PRECISION,
  derived BOOLEAN NOT NULL,
  established BOOLEAN NOT NULL,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  CONSTRAINT water_protection_strip_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT water_protection_strip_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX water_protection_strip_bounded ON environment.water_protection_strip (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX water_protection_strip_closed ON environment.water_protection_strip (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX water_protection_strip_history ON environment.water_protection_strip USING gist (geom, valid, recorded);
CREATE INDEX water_protection_strip_opened ON environment.water_protection_strip (opened_by);
CREATE INDEX water_protection_strip_parameter_id ON environment.water_protection_strip (parameter_id);
CREATE INDEX water_protection_strip_source_id ON environment.water_protection_strip (source_id);
CREATE INDEX water_protection_strip_tail ON environment.water_protection_strip USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_protection_strip_tail_from ON environment.water_protection_strip (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX water_protection_strip_tail_key ON environment.water_protection_strip (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_protection_strip_tail_tiles ON environment.water_protection_strip (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_protection_strip_zone_kind ON environment.water_protection_strip (zone_kind);
SELECT qala.guard_versions('environment', 'water_protection_strip', 'geom_4326');
SELECT qala.guard_first('environment', 'water_protection_strip');
CREATE STATISTICS environment.water_protection_strip_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.water_protection_strip;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'water_protection_strip', false);

-- environment.utility_zone
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.utility_zone (
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
  zone_kind TEXT NOT NULL,
  source_id BIGINT NOT NULL,
  parameter_id BIGINT,
  width DOUBLE PRECISION,
  derived BOOLEAN NOT NULL,
  established BOOLEAN NOT NULL,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  CONSTRAINT utility_zone_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT utility_zone_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX utility_zone_bounded ON environment.utility_zone (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX utility_zone_closed ON environment.utility_zone (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX utility_zone_history ON environment.utility_zone USING gist (geom, valid, recorded);
CREATE INDEX utility_zone_opened ON environment.utility_zone (opened_by);
CREATE INDEX utility_zone_parameter_id ON environment.utility_zone (parameter_id);
CREATE INDEX utility_zone_source_id ON environment.utility_zone (source_id);
CREATE INDEX utility_zone_tail ON environment.utility_zone USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX utility_zone_tail_from ON environment.utility_zone (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX utility_zone_tail_key ON environment.utility_zone (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX utility_zone_tail_tiles ON environment.utility_zone (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX utility_zone_zone_kind ON environment.utility_zone (zone_kind);
SELECT qala.guard_versions('environment', 'utility_zone', 'geom_4326');
SELECT qala.guard_first('environment', 'utility_zone');
CREATE STATISTICS environment.utility_zone_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.utility_zone;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'utility_zone', false);

-- environment.sanitary_zone
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.sanitary_zone (
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
  zone_kind TEXT NOT NULL,
  source_id BIGINT NOT NULL,
  parameter_id BIGINT,
  width DOUBLE PRECISION,
  derived BOOLEAN NOT NULL,
  established BOOLEAN NOT NULL,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  CONSTRAINT sanitary_zone_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT sanitary_zone_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX sanitary_zone_bounded ON environment.sanitary_zone (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX sanitary_zone_closed ON environment.sanitary_zone (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX sanitary_zone_history ON environment.sanitary_zone USING gist (geom, valid, recorded);
CREATE INDEX sanitary_zone_opened ON environment.sanitary_zone (opened_by);
CREATE INDEX sanitary_zone_parameter_id ON environment.sanitary_zone (parameter_id);
CREATE INDEX sanitary_zone_source_id ON environment.sanitary_zone (source_id);
CREATE INDEX sanitary_zone_tail ON environment.sanitary_zone USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX sanitary_zone_tail_from ON environment.sanitary_zone (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX sanitary_zone_tail_key ON environment.sanitary_zone (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX sanitary_zone_tail_tiles ON environment.sanitary_zone (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX sanitary_zone_zone_kind ON environment.sanitary_zone (zone_kind);
SELECT qala.guard_versions('environment', 'sanitary_zone', 'geom_4326');
SELECT qala.guard_first('environment', 'sanitary_zone');
CREATE STATISTICS environment.sanitary_zone_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.sanitary_zone;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'sanitary_zone', false);

-- environment.hazard_area
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.hazard_area (
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
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  hazard_type TEXT NOT NULL,
  likelihood TEXT NOT NULL,
  return_period DOUBLE PRECISION,
  determination_method TEXT,
  competent_authority TEXT,
  no_building BOOLEAN,
  regime_kk TEXT,
  regime_ru TEXT,
  regime_en TEXT,
  legal_basis TEXT,
  external_reference TEXT,
  CONSTRAINT hazard_area_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT hazard_area_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX hazard_area_bounded ON environment.hazard_area (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX hazard_area_closed ON environment.hazard_area (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX hazard_area_hazard_type ON environment.hazard_area (hazard_type);
CREATE INDEX hazard_area_history ON environment.hazard_area USING gist (geom, valid, recorded);
CREATE INDEX hazard_area_opened ON environment.hazard_area (opened_by);
CREATE INDEX hazard_area_tail ON environment.hazard_area USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX hazard_area_tail_from ON environment.hazard_area (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX hazard_area_tail_key ON environment.hazard_area (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX hazard_area_tail_tiles ON environment.hazard_area (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'hazard_area', 'geom_4326');
SELECT qala.guard_first('environment', 'hazard_area');
CREATE STATISTICS environment.hazard_area_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.hazard_area;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'hazard_area', false);

-- environment.observed_event
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.observed_event (
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
  event_type TEXT NOT NULL,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  magnitude DOUBLE PRECISION,
  magnitude_scale TEXT,
  hazard_area_id BIGINT,
  external_reference TEXT,
  CONSTRAINT observed_event_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT observed_event_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX observed_event_bounded ON environment.observed_event (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX observed_event_closed ON environment.observed_event (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX observed_event_event_type ON environment.observed_event (event_type);
CREATE INDEX observed_event_hazard_area_id ON environment.observed_event (hazard_area_id);
CREATE INDEX observed_event_history ON environment.observed_event USING gist (geom, valid, recorded);
CREATE INDEX observed_event_opened ON environment.observed_event (opened_by);
CREATE INDEX observed_event_tail ON environment.observed_event USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX observed_event_tail_from ON environment.observed_event (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX observed_event_tail_key ON environment.observed_event (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX observed_event_tail_tiles ON environment.observed_event (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'observed_event', 'geom_4326');
SELECT qala.guard_first('environment', 'observed_event');
CREATE STATISTICS environment.observed_event_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.observed_event;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'observed_event', false);

-- environment.monitoring_station
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.monitoring_station (
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
  station_code TEXT NOT NULL,
  media_monitored TEXT NOT NULL,
  operator TEXT,
  external_reference TEXT,
  CONSTRAINT monitoring_station_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT monitoring_station_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX monitoring_station_bounded ON environment.monitoring_station (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX monitoring_station_closed ON environment.monitoring_station (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX monitoring_station_history ON environment.monitoring_station USING gist (geom, valid, recorded);
CREATE INDEX monitoring_station_opened ON environment.monitoring_station (opened_by);
CREATE INDEX monitoring_station_station_code ON environment.monitoring_station (station_code);
CREATE INDEX monitoring_station_tail ON environment.monitoring_station USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX monitoring_station_tail_from ON environment.monitoring_station (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX monitoring_station_tail_key ON environment.monitoring_station (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX monitoring_station_tail_tiles ON environment.monitoring_station (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'monitoring_station', 'geom_4326');
SELECT qala.guard_first('environment', 'monitoring_station');
CREATE STATISTICS environment.monitoring_station_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.monitoring_station;
SELECT qala.grant_layer('environment');
SELECT qala.make_draft_twin('environment', 'monitoring_station', false);
