-- land.quarter
CREATE SCHEMA IF NOT EXISTS land;
CREATE TABLE land.quarter (
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
  code TEXT NOT NULL,
  name TEXT,
  derived BOOLEAN,
  CONSTRAINT quarter_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT quarter_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX quarter_bounded ON land.quarter (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX quarter_closed ON land.quarter (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX quarter_history ON land.quarter USING gist (geom, valid, recorded);
CREATE INDEX quarter_opened ON land.quarter (opened_by);
CREATE INDEX quarter_tail ON land.quarter USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX quarter_tail_from ON land.quarter (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX quarter_tail_key ON land.quarter (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX quarter_tail_tiles ON land.quarter (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE TABLE land.quarter_code_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_versions('land', 'quarter', 'geom_4326');
SELECT qala.guard_first('land', 'quarter');
SELECT qala.guard_log('land', 'quarter_code_issued');
CREATE STATISTICS land.quarter_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM land.quarter;
SELECT qala.grant_layer('land');

-- land.parcel
CREATE SCHEMA IF NOT EXISTS land;
CREATE TABLE land.parcel (
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
  cadastral_number TEXT NOT NULL,
  national_reference TEXT,
  label TEXT,
  category TEXT,
  permitted_use TEXT,
  purpose_kk TEXT,
  purpose_ru TEXT,
  official_area DOUBLE PRECISION,
  divisible BOOLEAN,
  address TEXT,
  derived BOOLEAN,
  CONSTRAINT parcel_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT parcel_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX parcel_bounded ON land.parcel (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX parcel_closed ON land.parcel (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX parcel_history ON land.parcel USING gist (geom, valid, recorded);
CREATE INDEX parcel_opened ON land.parcel (opened_by);
CREATE INDEX parcel_tail ON land.parcel USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX parcel_tail_from ON land.parcel (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX parcel_tail_key ON land.parcel (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX parcel_tail_tiles ON land.parcel (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE TABLE land.parcel_cadastral_number_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_versions('land', 'parcel', 'geom_4326');
SELECT qala.guard_first('land', 'parcel');
SELECT qala.guard_log('land', 'parcel_cadastral_number_issued');
CREATE STATISTICS land.parcel_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM land.parcel;
SELECT qala.grant_layer('land');

-- land.zone
CREATE SCHEMA IF NOT EXISTS land;
CREATE TABLE land.zone (
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
  kind TEXT NOT NULL,
  name TEXT,
  category TEXT,
  permitted_use TEXT,
  functional_zone TEXT,
  regulation TEXT,
  derived BOOLEAN,
  CONSTRAINT zone_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT zone_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX zone_bounded ON land.zone (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX zone_closed ON land.zone (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX zone_history ON land.zone USING gist (geom, valid, recorded);
CREATE INDEX zone_opened ON land.zone (opened_by);
CREATE INDEX zone_tail ON land.zone USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX zone_tail_from ON land.zone (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX zone_tail_key ON land.zone (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX zone_tail_tiles ON land.zone (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('land', 'zone', 'geom_4326');
SELECT qala.guard_first('land', 'zone');
CREATE STATISTICS land.zone_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM land.zone;
SELECT qala.grant_layer('land');

-- land.reservation
CREATE SCHEMA IF NOT EXISTS land;
CREATE TABLE land.reservation (
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
  purpose TEXT NOT NULL,
  regulation TEXT,
  until DATE,
  derived BOOLEAN,
  CONSTRAINT reservation_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT reservation_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX reservation_bounded ON land.reservation (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX reservation_closed ON land.reservation (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX reservation_history ON land.reservation USING gist (geom, valid, recorded);
CREATE INDEX reservation_opened ON land.reservation (opened_by);
CREATE INDEX reservation_tail ON land.reservation USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX reservation_tail_from ON land.reservation (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX reservation_tail_key ON land.reservation (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX reservation_tail_tiles ON land.reservation (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('land', 'reservation', 'geom_4326');
SELECT qala.guard_first('land', 'reservation');
CREATE STATISTICS land.reservation_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM land.reservation;
SELECT qala.grant_layer('land');

-- address.street
CREATE SCHEMA IF NOT EXISTS address;
CREATE TABLE address.street (
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
  functional_class TEXT NOT NULL,
  external_reference TEXT,
  CONSTRAINT street_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT street_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX street_bounded ON address.street (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX street_closed ON address.street (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX street_history ON address.street USING gist (geom, valid, recorded);
CREATE INDEX street_opened ON address.street (opened_by);
CREATE INDEX street_tail ON address.street USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX street_tail_from ON address.street (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX street_tail_key ON address.street (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX street_tail_tiles ON address.street (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('address', 'street', 'geom_4326');
SELECT qala.guard_first('address', 'street');
CREATE STATISTICS address.street_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM address.street;
SELECT qala.grant_layer('address');

-- address.address
CREATE SCHEMA IF NOT EXISTS address;
CREATE TABLE address.address (
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
  locator_designator TEXT NOT NULL,
  locator_name TEXT,
  thoroughfare_name TEXT,
  street_id BIGINT,
  post_code TEXT,
  position_specification TEXT NOT NULL,
  external_reference TEXT,
  CONSTRAINT address_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT address_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX address_bounded ON address.address (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX address_closed ON address.address (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX address_history ON address.address USING gist (geom, valid, recorded);
CREATE INDEX address_opened ON address.address (opened_by);
CREATE INDEX address_tail ON address.address USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX address_tail_from ON address.address (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX address_tail_key ON address.address (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX address_tail_tiles ON address.address (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('address', 'address', 'geom_4326');
SELECT qala.guard_first('address', 'address');
CREATE STATISTICS address.address_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM address.address;
SELECT qala.grant_layer('address');

-- real_estate.building
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.building (
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
  current_use TEXT,
  condition_of_construction TEXT NOT NULL,
  number_of_floors_above_ground BIGINT,
  height_above_ground DOUBLE PRECISION,
  year_of_construction BIGINT,
  parcel_number TEXT,
  external_reference TEXT,
  CONSTRAINT building_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT building_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX building_bounded ON real_estate.building (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX building_closed ON real_estate.building (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX building_history ON real_estate.building USING gist (geom, valid, recorded);
CREATE INDEX building_opened ON real_estate.building (opened_by);
CREATE INDEX building_tail ON real_estate.building USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX building_tail_from ON real_estate.building (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX building_tail_key ON real_estate.building (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX building_tail_tiles ON real_estate.building (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('real_estate', 'building', 'geom_4326');
SELECT qala.guard_first('real_estate', 'building');
CREATE STATISTICS real_estate.building_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.building;
SELECT qala.grant_layer('real_estate');

-- urban_planning.land_use
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.land_use (
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
  hilucs_land_use TEXT NOT NULL,
  specific_land_use TEXT,
  external_reference TEXT,
  CONSTRAINT land_use_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT land_use_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX land_use_bounded ON urban_planning.land_use (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX land_use_closed ON urban_planning.land_use (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX land_use_history ON urban_planning.land_use USING gist (geom, valid, recorded);
CREATE INDEX land_use_opened ON urban_planning.land_use (opened_by);
CREATE INDEX land_use_tail ON urban_planning.land_use USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX land_use_tail_from ON urban_planning.land_use (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX land_use_tail_key ON urban_planning.land_use (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX land_use_tail_tiles ON urban_planning.land_use (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'land_use', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'land_use');
CREATE STATISTICS urban_planning.land_use_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.land_use;
SELECT qala.grant_layer('urban_planning');

-- environment.water_body
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.water_body (
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
  water_type TEXT NOT NULL,
  origin TEXT,
  external_reference TEXT,
  CONSTRAINT water_body_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT water_body_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX water_body_bounded ON environment.water_body (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX water_body_closed ON environment.water_body (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX water_body_history ON environment.water_body USING gist (geom, valid, recorded);
CREATE INDEX water_body_opened ON environment.water_body (opened_by);
CREATE INDEX water_body_tail ON environment.water_body USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_body_tail_from ON environment.water_body (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX water_body_tail_key ON environment.water_body (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX water_body_tail_tiles ON environment.water_body (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'water_body', 'geom_4326');
SELECT qala.guard_first('environment', 'water_body');
CREATE STATISTICS environment.water_body_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.water_body;
SELECT qala.grant_layer('environment');

-- environment.green_area
CREATE SCHEMA IF NOT EXISTS environment;
CREATE TABLE environment.green_area (
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
  green_area_type TEXT NOT NULL,
  external_reference TEXT,
  CONSTRAINT green_area_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT green_area_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX green_area_bounded ON environment.green_area (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX green_area_closed ON environment.green_area (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX green_area_history ON environment.green_area USING gist (geom, valid, recorded);
CREATE INDEX green_area_opened ON environment.green_area (opened_by);
CREATE INDEX green_area_tail ON environment.green_area USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX green_area_tail_from ON environment.green_area (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX green_area_tail_key ON environment.green_area (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX green_area_tail_tiles ON environment.green_area (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('environment', 'green_area', 'geom_4326');
SELECT qala.guard_first('environment', 'green_area');
CREATE STATISTICS environment.green_area_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM environment.green_area;
SELECT qala.grant_layer('environment');
