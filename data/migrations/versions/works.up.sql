-- urban_planning.construction_object
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.construction_object (
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
  state TEXT NOT NULL,
  parcel_id BIGINT,
  parcel_number TEXT NOT NULL,
  building_id BIGINT,
  building_number TEXT,
  purpose_kk TEXT NOT NULL,
  purpose_ru TEXT NOT NULL,
  permit_number TEXT,
  permit_date DATE,
  developer_name TEXT,
  developer_bin TEXT,
  contractor_name TEXT,
  contractor_bin TEXT,
  planned_start DATE,
  planned_end DATE,
  planned_floors BIGINT,
  planned_area DOUBLE PRECISION,
  planned_sale_area DOUBLE PRECISION,
  CONSTRAINT construction_object_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT construction_object_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX construction_object_bounded ON urban_planning.construction_object (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX construction_object_building_id ON urban_planning.construction_object (building_id);
CREATE INDEX construction_object_closed ON urban_planning.construction_object (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX construction_object_history ON urban_planning.construction_object USING gist (geom, valid, recorded);
CREATE INDEX construction_object_opened ON urban_planning.construction_object (opened_by);
CREATE INDEX construction_object_parcel_id ON urban_planning.construction_object (parcel_id);
CREATE INDEX construction_object_parcel_number ON urban_planning.construction_object (parcel_number);
CREATE INDEX construction_object_tail ON urban_planning.construction_object USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX construction_object_tail_from ON urban_planning.construction_object (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX construction_object_tail_key ON urban_planning.construction_object (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX construction_object_tail_tiles ON urban_planning.construction_object (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'construction_object', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'construction_object');
CREATE STATISTICS urban_planning.construction_object_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.construction_object;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'construction_object', false);

-- urban_planning.construction_stage
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.construction_stage (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  object_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  planned_start DATE NOT NULL,
  planned_end DATE NOT NULL,
  planned_cost BIGINT NOT NULL,
  progress DOUBLE PRECISION NOT NULL,
  inspection_date DATE,
  report TEXT,
  CONSTRAINT construction_stage_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT construction_stage_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX construction_stage_bounded ON urban_planning.construction_stage (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX construction_stage_closed ON urban_planning.construction_stage (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX construction_stage_object_id ON urban_planning.construction_stage (object_id);
CREATE INDEX construction_stage_opened ON urban_planning.construction_stage (opened_by);
CREATE INDEX construction_stage_tail_from ON urban_planning.construction_stage (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX construction_stage_tail_key ON urban_planning.construction_stage (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'construction_stage');
SELECT qala.guard_first('urban_planning', 'construction_stage');
CREATE STATISTICS urban_planning.construction_stage_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.construction_stage;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'construction_stage', false);

-- urban_planning.equity_contract
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.equity_contract (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  contract_number TEXT NOT NULL,
  object_id BIGINT NOT NULL,
  planned_premises TEXT NOT NULL,
  planned_area DOUBLE PRECISION NOT NULL,
  price BIGINT NOT NULL,
  received BIGINT NOT NULL,
  registered_date DATE NOT NULL,
  state TEXT NOT NULL,
  premises_number TEXT,
  CONSTRAINT equity_contract_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT equity_contract_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX equity_contract_bounded ON urban_planning.equity_contract (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX equity_contract_closed ON urban_planning.equity_contract (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX equity_contract_object_id ON urban_planning.equity_contract (object_id);
CREATE INDEX equity_contract_opened ON urban_planning.equity_contract (opened_by);
CREATE INDEX equity_contract_tail_from ON urban_planning.equity_contract (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX equity_contract_tail_key ON urban_planning.equity_contract (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE TABLE urban_planning.equity_contract_contract_number_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_versions('urban_planning', 'equity_contract');
SELECT qala.guard_first('urban_planning', 'equity_contract');
SELECT qala.guard_log('urban_planning', 'equity_contract_contract_number_issued');
CREATE STATISTICS urban_planning.equity_contract_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.equity_contract;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'equity_contract', false);

-- urban_planning.fund_plan
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.fund_plan (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  object_id BIGINT NOT NULL,
  article TEXT NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  planned BIGINT NOT NULL,
  CONSTRAINT fund_plan_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT fund_plan_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX fund_plan_bounded ON urban_planning.fund_plan (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX fund_plan_closed ON urban_planning.fund_plan (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX fund_plan_object_id ON urban_planning.fund_plan (object_id);
CREATE INDEX fund_plan_opened ON urban_planning.fund_plan (opened_by);
CREATE INDEX fund_plan_tail_from ON urban_planning.fund_plan (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX fund_plan_tail_key ON urban_planning.fund_plan (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'fund_plan');
SELECT qala.guard_first('urban_planning', 'fund_plan');
CREATE STATISTICS urban_planning.fund_plan_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.fund_plan;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'fund_plan', false);

-- urban_planning.fund_use
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.fund_use (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  object_id BIGINT NOT NULL,
  article TEXT NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  used BIGINT NOT NULL,
  CONSTRAINT fund_use_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT fund_use_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX fund_use_bounded ON urban_planning.fund_use (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX fund_use_closed ON urban_planning.fund_use (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX fund_use_object_id ON urban_planning.fund_use (object_id);
CREATE INDEX fund_use_opened ON urban_planning.fund_use (opened_by);
CREATE INDEX fund_use_tail_from ON urban_planning.fund_use (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX fund_use_tail_key ON urban_planning.fund_use (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'fund_use');
SELECT qala.guard_first('urban_planning', 'fund_use');
CREATE STATISTICS urban_planning.fund_use_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.fund_use;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'fund_use', false);

-- personal.equity_holder
CREATE SCHEMA IF NOT EXISTS personal;
CREATE TABLE personal.equity_holder (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  salt BYTEA NOT NULL,
  contract_id BIGINT NOT NULL,
  party_id BIGINT NOT NULL,
  CONSTRAINT equity_holder_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT equity_holder_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX equity_holder_bounded ON personal.equity_holder (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX equity_holder_closed ON personal.equity_holder (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX equity_holder_contract_id ON personal.equity_holder (contract_id);
CREATE INDEX equity_holder_opened ON personal.equity_holder (opened_by);
CREATE INDEX equity_holder_party_id ON personal.equity_holder (party_id);
CREATE INDEX equity_holder_tail_from ON personal.equity_holder (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX equity_holder_tail_key ON personal.equity_holder (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('personal', 'equity_holder');
SELECT qala.guard_first('personal', 'equity_holder');
CREATE STATISTICS personal.equity_holder_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM personal.equity_holder;
SELECT qala.grant_confidential('personal', 'equity_holder');
SELECT qala.make_draft_twin('personal', 'equity_holder', true);

-- personal.construction_party
CREATE SCHEMA IF NOT EXISTS personal;
CREATE TABLE personal.construction_party (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  salt BYTEA NOT NULL,
  object_id BIGINT NOT NULL,
  part TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  CONSTRAINT construction_party_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT construction_party_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX construction_party_bounded ON personal.construction_party (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX construction_party_closed ON personal.construction_party (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX construction_party_object_id ON personal.construction_party (object_id);
CREATE INDEX construction_party_opened ON personal.construction_party (opened_by);
CREATE INDEX construction_party_party_id ON personal.construction_party (party_id);
CREATE INDEX construction_party_tail_from ON personal.construction_party (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX construction_party_tail_key ON personal.construction_party (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('personal', 'construction_party');
SELECT qala.guard_first('personal', 'construction_party');
CREATE STATISTICS personal.construction_party_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM personal.construction_party;
SELECT qala.grant_confidential('personal', 'construction_party');
SELECT qala.make_draft_twin('personal', 'construction_party', true);

-- urban_planning.auction_lot
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.auction_lot (
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
  lot_number TEXT NOT NULL,
  state TEXT NOT NULL,
  parcel_id BIGINT,
  parcel_number TEXT NOT NULL,
  right_offered TEXT NOT NULL,
  lease_term BIGINT,
  starting_price BIGINT NOT NULL,
  minimum_price BIGINT,
  step BIGINT NOT NULL,
  deposit BIGINT NOT NULL,
  purpose_kk TEXT NOT NULL,
  purpose_ru TEXT NOT NULL,
  CONSTRAINT auction_lot_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT auction_lot_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX auction_lot_bounded ON urban_planning.auction_lot (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX auction_lot_closed ON urban_planning.auction_lot (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX auction_lot_history ON urban_planning.auction_lot USING gist (geom, valid, recorded);
CREATE INDEX auction_lot_opened ON urban_planning.auction_lot (opened_by);
CREATE INDEX auction_lot_parcel_id ON urban_planning.auction_lot (parcel_id);
CREATE INDEX auction_lot_parcel_number ON urban_planning.auction_lot (parcel_number);
CREATE INDEX auction_lot_tail ON urban_planning.auction_lot USING gist (geom) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX auction_lot_tail_from ON urban_planning.auction_lot (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX auction_lot_tail_key ON urban_planning.auction_lot (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE INDEX auction_lot_tail_tiles ON urban_planning.auction_lot (tile_zoom, tile_cell) INCLUDE (valid) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE TABLE urban_planning.auction_lot_lot_number_issued (
  value TEXT NOT NULL,
  feature_id BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  PRIMARY KEY (value)
);
SELECT qala.guard_versions('urban_planning', 'auction_lot', 'geom_4326');
SELECT qala.guard_first('urban_planning', 'auction_lot');
SELECT qala.guard_log('urban_planning', 'auction_lot_lot_number_issued');
CREATE STATISTICS urban_planning.auction_lot_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.auction_lot;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'auction_lot', false);

-- urban_planning.auction
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.auction (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  lot_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  announced DATE NOT NULL,
  bids_deadline TIMESTAMP WITH TIME ZONE NOT NULL,
  held TIMESTAMP WITH TIME ZONE NOT NULL,
  place TEXT NOT NULL,
  winning_bidder BIGINT,
  winning_price BIGINT,
  CONSTRAINT auction_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT auction_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX auction_bounded ON urban_planning.auction (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX auction_closed ON urban_planning.auction (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX auction_lot_id ON urban_planning.auction (lot_id);
CREATE INDEX auction_opened ON urban_planning.auction (opened_by);
CREATE INDEX auction_tail_from ON urban_planning.auction (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX auction_tail_key ON urban_planning.auction (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'auction');
SELECT qala.guard_first('urban_planning', 'auction');
CREATE STATISTICS urban_planning.auction_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.auction;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'auction', false);

-- urban_planning.auction_bid
CREATE SCHEMA IF NOT EXISTS urban_planning;
CREATE TABLE urban_planning.auction_bid (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  auction_id BIGINT NOT NULL,
  bidder_number BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  received TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT auction_bid_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT auction_bid_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX auction_bid_auction_id ON urban_planning.auction_bid (auction_id);
CREATE INDEX auction_bid_bounded ON urban_planning.auction_bid (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX auction_bid_closed ON urban_planning.auction_bid (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX auction_bid_opened ON urban_planning.auction_bid (opened_by);
CREATE INDEX auction_bid_tail_from ON urban_planning.auction_bid (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX auction_bid_tail_key ON urban_planning.auction_bid (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('urban_planning', 'auction_bid');
SELECT qala.guard_first('urban_planning', 'auction_bid');
CREATE STATISTICS urban_planning.auction_bid_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM urban_planning.auction_bid;
SELECT qala.grant_layer('urban_planning');
SELECT qala.make_draft_twin('urban_planning', 'auction_bid', false);

-- personal.auction_participant
CREATE SCHEMA IF NOT EXISTS personal;
CREATE TABLE personal.auction_participant (
  feature_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  valid TSTZRANGE NOT NULL,
  recorded TSTZRANGE NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_by BIGINT,
  abolished BOOLEAN DEFAULT false NOT NULL,
  salt BYTEA NOT NULL,
  auction_id BIGINT NOT NULL,
  bidder_number BIGINT NOT NULL,
  party_id BIGINT NOT NULL,
  deposit_paid BIGINT NOT NULL,
  CONSTRAINT auction_participant_pkey PRIMARY KEY (feature_id, version),
  CONSTRAINT auction_participant_one_at_a_time EXCLUDE USING gist (feature_id WITH =, valid WITH &&, recorded WITH &&) WHERE (version > 1)
);
CREATE INDEX auction_participant_auction_id ON personal.auction_participant (auction_id);
CREATE INDEX auction_participant_bounded ON personal.auction_participant (upper(valid)) WHERE upper_inf(recorded) AND NOT upper_inf(valid);
CREATE INDEX auction_participant_closed ON personal.auction_participant (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX auction_participant_opened ON personal.auction_participant (opened_by);
CREATE INDEX auction_participant_party_id ON personal.auction_participant (party_id);
CREATE INDEX auction_participant_tail_from ON personal.auction_participant (lower(valid)) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
CREATE UNIQUE INDEX auction_participant_tail_key ON personal.auction_participant (feature_id) WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished;
SELECT qala.guard_versions('personal', 'auction_participant');
SELECT qala.guard_first('personal', 'auction_participant');
CREATE STATISTICS personal.auction_participant_ends ON (lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded)) FROM personal.auction_participant;
SELECT qala.grant_confidential('personal', 'auction_participant');
SELECT qala.make_draft_twin('personal', 'auction_participant', true);
