-- What the legal registers add to layers that stand already.
ALTER TABLE address.street ALTER COLUMN functional_class DROP NOT NULL;
ALTER TABLE address.street
  ADD COLUMN street_type TEXT,
  ADD COLUMN admin_unit_id BIGINT;
CREATE INDEX street_admin_unit_id ON address.street (admin_unit_id);
ALTER TABLE address.address
  ADD COLUMN rka TEXT,
  ADD COLUMN locator_block TEXT,
  ADD COLUMN locator_level TEXT,
  ADD COLUMN parent_address_id BIGINT,
  ADD COLUMN named_place_id BIGINT,
  ADD COLUMN admin_unit_id BIGINT;
CREATE INDEX address_admin_unit_id ON address.address (admin_unit_id);
CREATE INDEX address_named_place_id ON address.address (named_place_id);
CREATE INDEX address_parent_address_id ON address.address (parent_address_id);
CREATE INDEX address_street_id ON address.address (street_id);
CREATE TABLE address.address_rka_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_log('address', 'address_rka_issued');
ALTER TABLE real_estate.building
  ADD COLUMN building_number TEXT,
  ADD COLUMN designation TEXT,
  ADD COLUMN number_of_floors_below_ground BIGINT,
  ADD COLUMN wall_material TEXT,
  ADD COLUMN total_area DOUBLE PRECISION,
  ADD COLUMN living_area DOUBLE PRECISION,
  ADD COLUMN useful_area DOUBLE PRECISION,
  ADD COLUMN volume DOUBLE PRECISION,
  ADD COLUMN wear DOUBLE PRECISION,
  ADD COLUMN survey_date DATE;
CREATE INDEX building_parcel_number ON real_estate.building (parcel_number);
CREATE TABLE real_estate.building_building_number_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_log('real_estate', 'building_building_number_issued');
SELECT qala.grant_layer('address');
SELECT qala.grant_layer('real_estate');

-- address.admin_unit
CREATE SCHEMA IF NOT EXISTS address;
CREATE TABLE address.admin_unit (
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
  kato TEXT,
  level TEXT NOT NULL,
  parent_id BIGINT,
  external_reference TEXT,
  CONSTRAINT admin_unit_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT admin_unit_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX admin_unit_bounded ON address.admin_unit (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX admin_unit_closed ON address.admin_unit (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX admin_unit_history ON address.admin_unit USING gist (geom, valid, recorded);
CREATE INDEX admin_unit_kato ON address.admin_unit (kato);
CREATE INDEX admin_unit_opened ON address.admin_unit (opened_by);
CREATE INDEX admin_unit_parent_id ON address.admin_unit (parent_id);
CREATE INDEX admin_unit_tail ON address.admin_unit USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX admin_unit_tail_from ON address.admin_unit (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX admin_unit_tail_key ON address.admin_unit (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX admin_unit_tail_tiles ON address.admin_unit (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('address', 'admin_unit', 'geom_4326');
SELECT qala.guard_first('address', 'admin_unit');
CREATE STATISTICS address.admin_unit_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM address.admin_unit;
SELECT qala.grant_layer('address');

-- address.named_place
CREATE SCHEMA IF NOT EXISTS address;
CREATE TABLE address.named_place (
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
  place_type TEXT,
  admin_unit_id BIGINT,
  external_reference TEXT,
  CONSTRAINT named_place_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT named_place_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX named_place_admin_unit_id ON address.named_place (admin_unit_id);
CREATE INDEX named_place_bounded ON address.named_place (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX named_place_closed ON address.named_place (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX named_place_history ON address.named_place USING gist (geom, valid, recorded);
CREATE INDEX named_place_opened ON address.named_place (opened_by);
CREATE INDEX named_place_tail ON address.named_place USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX named_place_tail_from ON address.named_place (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX named_place_tail_key ON address.named_place (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX named_place_tail_tiles ON address.named_place (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('address', 'named_place', 'geom_4326');
SELECT qala.guard_first('address', 'named_place');
CREATE STATISTICS address.named_place_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM address.named_place;
SELECT qala.grant_layer('address');

-- address.alias
CREATE SCHEMA IF NOT EXISTS address;
CREATE TABLE address.alias (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  place_id BIGINT NOT NULL,
  name TEXT,
  name_kk TEXT,
  name_ru TEXT,
  name_en TEXT,
  kind TEXT NOT NULL,
  CONSTRAINT alias_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT alias_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX alias_bounded ON address.alias (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX alias_closed ON address.alias (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX alias_opened ON address.alias (opened_by);
CREATE INDEX alias_place_id ON address.alias (place_id);
CREATE INDEX alias_tail_from ON address.alias (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX alias_tail_key ON address.alias (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('address', 'alias');
SELECT qala.guard_first('address', 'alias');
CREATE STATISTICS address.alias_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM address.alias;
SELECT qala.grant_layer('address');

-- real_estate.premises
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.premises (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  premises_number TEXT NOT NULL,
  building_id BIGINT NOT NULL,
  designation TEXT,
  floor BIGINT,
  current_use TEXT NOT NULL,
  total_area DOUBLE PRECISION,
  living_area DOUBLE PRECISION,
  number_of_rooms BIGINT,
  CONSTRAINT premises_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT premises_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX premises_bounded ON real_estate.premises (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX premises_building_id ON real_estate.premises (building_id);
CREATE INDEX premises_closed ON real_estate.premises (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX premises_opened ON real_estate.premises (opened_by);
CREATE INDEX premises_tail_from ON real_estate.premises (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX premises_tail_key ON real_estate.premises (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE TABLE real_estate.premises_premises_number_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_versions('real_estate', 'premises');
SELECT qala.guard_first('real_estate', 'premises');
SELECT qala.guard_log('real_estate', 'premises_premises_number_issued');
CREATE STATISTICS real_estate.premises_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.premises;
SELECT qala.grant_layer('real_estate');

-- real_estate.room
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.room (
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
  premises_id BIGINT NOT NULL,
  designation TEXT,
  room_use TEXT NOT NULL,
  area DOUBLE PRECISION,
  CONSTRAINT room_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT room_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX room_bounded ON real_estate.room (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX room_closed ON real_estate.room (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX room_history ON real_estate.room USING gist (geom, valid, recorded);
CREATE INDEX room_opened ON real_estate.room (opened_by);
CREATE INDEX room_premises_id ON real_estate.room (premises_id);
CREATE INDEX room_tail ON real_estate.room USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX room_tail_from ON real_estate.room (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX room_tail_key ON real_estate.room (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX room_tail_tiles ON real_estate.room (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('real_estate', 'room', 'geom_4326');
SELECT qala.guard_first('real_estate', 'room');
CREATE STATISTICS real_estate.room_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.room;
SELECT qala.grant_layer('real_estate');

-- real_estate.addressing
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.addressing (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  address_id BIGINT NOT NULL,
  object_id BIGINT NOT NULL,
  object_kind TEXT NOT NULL,
  is_primary BOOLEAN NOT NULL,
  CONSTRAINT addressing_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT addressing_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX addressing_address_id ON real_estate.addressing (address_id);
CREATE INDEX addressing_bounded ON real_estate.addressing (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX addressing_closed ON real_estate.addressing (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX addressing_object_id ON real_estate.addressing (object_id);
CREATE INDEX addressing_opened ON real_estate.addressing (opened_by);
CREATE INDEX addressing_tail_from ON real_estate.addressing (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX addressing_tail_key ON real_estate.addressing (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('real_estate', 'addressing');
SELECT qala.guard_first('real_estate', 'addressing');
CREATE STATISTICS real_estate.addressing_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.addressing;
SELECT qala.grant_layer('real_estate');

-- real_estate.unit
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.unit (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  unit_number TEXT NOT NULL,
  name TEXT,
  type TEXT NOT NULL,
  CONSTRAINT unit_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT unit_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX unit_bounded ON real_estate.unit (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX unit_closed ON real_estate.unit (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX unit_opened ON real_estate.unit (opened_by);
CREATE INDEX unit_tail_from ON real_estate.unit (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX unit_tail_key ON real_estate.unit (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE TABLE real_estate.unit_unit_number_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_versions('real_estate', 'unit');
SELECT qala.guard_first('real_estate', 'unit');
SELECT qala.guard_log('real_estate', 'unit_unit_number_issued');
CREATE STATISTICS real_estate.unit_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.unit;
SELECT qala.grant_layer('real_estate');

-- real_estate.unit_part
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.unit_part (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  unit_id BIGINT NOT NULL,
  object_id BIGINT NOT NULL,
  object_kind TEXT NOT NULL,
  CONSTRAINT unit_part_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT unit_part_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX unit_part_bounded ON real_estate.unit_part (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX unit_part_closed ON real_estate.unit_part (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX unit_part_object_id ON real_estate.unit_part (object_id);
CREATE INDEX unit_part_opened ON real_estate.unit_part (opened_by);
CREATE INDEX unit_part_tail_from ON real_estate.unit_part (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX unit_part_tail_key ON real_estate.unit_part (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX unit_part_unit_id ON real_estate.unit_part (unit_id);
SELECT qala.guard_versions('real_estate', 'unit_part');
SELECT qala.guard_first('real_estate', 'unit_part');
CREATE STATISTICS real_estate.unit_part_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.unit_part;
SELECT qala.grant_layer('real_estate');

-- real_estate.right
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate."right" (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  unit_id BIGINT NOT NULL,
  category TEXT NOT NULL,
  kind TEXT NOT NULL,
  share_numerator BIGINT,
  share_denominator BIGINT,
  share_check BOOLEAN NOT NULL,
  holding TEXT,
  rank BIGINT,
  on_right_id BIGINT,
  party_required BOOLEAN NOT NULL,
  registered BOOLEAN NOT NULL,
  excludes_others BOOLEAN NOT NULL,
  description TEXT,
  corrects BIGINT,
  CONSTRAINT right_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT right_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX right_bounded ON real_estate."right" (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX right_closed ON real_estate."right" (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX right_on_right_id ON real_estate."right" (on_right_id);
CREATE INDEX right_opened ON real_estate."right" (opened_by);
CREATE INDEX right_tail_from ON real_estate."right" (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX right_tail_key ON real_estate."right" (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX right_unit_id ON real_estate."right" (unit_id);
SELECT qala.guard_versions('real_estate', 'right');
SELECT qala.guard_first('real_estate', 'right');
CREATE STATISTICS real_estate.right_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.right;
SELECT qala.grant_layer('real_estate');

-- real_estate.right_area
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.right_area (
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
  right_id BIGINT NOT NULL,
  CONSTRAINT right_area_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT right_area_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX right_area_bounded ON real_estate.right_area (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX right_area_closed ON real_estate.right_area (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX right_area_history ON real_estate.right_area USING gist (geom, valid, recorded);
CREATE INDEX right_area_opened ON real_estate.right_area (opened_by);
CREATE INDEX right_area_right_id ON real_estate.right_area (right_id);
CREATE INDEX right_area_tail ON real_estate.right_area USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX right_area_tail_from ON real_estate.right_area (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX right_area_tail_key ON real_estate.right_area (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX right_area_tail_tiles ON real_estate.right_area (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('real_estate', 'right_area', 'geom_4326');
SELECT qala.guard_first('real_estate', 'right_area');
CREATE STATISTICS real_estate.right_area_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.right_area;
SELECT qala.grant_layer('real_estate');

-- real_estate.consent
CREATE SCHEMA IF NOT EXISTS real_estate;
CREATE TABLE real_estate.consent (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  right_id BIGINT NOT NULL,
  consents_to TEXT NOT NULL,
  CONSTRAINT consent_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT consent_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX consent_bounded ON real_estate.consent (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX consent_closed ON real_estate.consent (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX consent_opened ON real_estate.consent (opened_by);
CREATE INDEX consent_right_id ON real_estate.consent (right_id);
CREATE INDEX consent_tail_from ON real_estate.consent (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX consent_tail_key ON real_estate.consent (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('real_estate', 'consent');
SELECT qala.guard_first('real_estate', 'consent');
CREATE STATISTICS real_estate.consent_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM real_estate.consent;
SELECT qala.grant_layer('real_estate');

-- personal.party
CREATE SCHEMA IF NOT EXISTS personal;
CREATE TABLE personal.party (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  salt BYTEA NOT NULL,
  party_type TEXT NOT NULL,
  iin_bin TEXT,
  name TEXT,
  birth_date DATE,
  end_date DATE,
  group_type TEXT,
  CONSTRAINT party_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT party_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX party_bounded ON personal.party (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX party_closed ON personal.party (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX party_iin_bin ON personal.party (iin_bin);
CREATE INDEX party_opened ON personal.party (opened_by);
CREATE INDEX party_tail_from ON personal.party (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX party_tail_key ON personal.party (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('personal', 'party');
SELECT qala.guard_first('personal', 'party');
CREATE STATISTICS personal.party_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM personal.party;
SELECT qala.grant_confidential('personal', 'party');

-- personal.member
CREATE SCHEMA IF NOT EXISTS personal;
CREATE TABLE personal.member (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  salt BYTEA NOT NULL,
  group_id BIGINT NOT NULL,
  party_id BIGINT NOT NULL,
  share_numerator BIGINT,
  share_denominator BIGINT,
  CONSTRAINT member_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT member_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX member_bounded ON personal.member (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX member_closed ON personal.member (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX member_group_id ON personal.member (group_id);
CREATE INDEX member_opened ON personal.member (opened_by);
CREATE INDEX member_party_id ON personal.member (party_id);
CREATE INDEX member_tail_from ON personal.member (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX member_tail_key ON personal.member (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('personal', 'member');
SELECT qala.guard_first('personal', 'member');
CREATE STATISTICS personal.member_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM personal.member;
SELECT qala.grant_confidential('personal', 'member');

-- personal.holder
CREATE SCHEMA IF NOT EXISTS personal;
CREATE TABLE personal.holder (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  salt BYTEA NOT NULL,
  right_id BIGINT NOT NULL,
  party_id BIGINT NOT NULL,
  CONSTRAINT holder_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT holder_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX holder_bounded ON personal.holder (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX holder_closed ON personal.holder (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX holder_opened ON personal.holder (opened_by);
CREATE INDEX holder_party_id ON personal.holder (party_id);
CREATE INDEX holder_right_id ON personal.holder (right_id);
CREATE INDEX holder_tail_from ON personal.holder (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX holder_tail_key ON personal.holder (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('personal', 'holder');
SELECT qala.guard_first('personal', 'holder');
CREATE STATISTICS personal.holder_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM personal.holder;
SELECT qala.grant_confidential('personal', 'holder');
