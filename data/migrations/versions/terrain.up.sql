-- A raster of heights as it was brought in, in blocks. An edition is never changed: a later one is laid over it. The
-- changeset tells who brought it, when, and by which source.
CREATE SEQUENCE qala.terrain_id;
CREATE TABLE qala.terrain (
  terrain_id bigint PRIMARY KEY,
  name text NOT NULL,
  valid_from timestamptz NOT NULL,
  changeset bigint NOT NULL REFERENCES qala.changeset (number),
  file_hash bytea NOT NULL UNIQUE,
  srid integer NOT NULL,                    -- of the raster's own system; x to the east, y to the north
  vertical_system text,
  accuracy double precision CHECK (accuracy > 0),  -- metres, of nine heights in ten; absent where nobody knows it
  west double precision NOT NULL,           -- of the corner of the first cell, in the raster's system
  north double precision NOT NULL,
  cell_x double precision NOT NULL CHECK (cell_x > 0),
  cell_y double precision NOT NULL CHECK (cell_y > 0),
  width integer NOT NULL CHECK (width > 0),
  height integer NOT NULL CHECK (height > 0),
  voids bigint NOT NULL CHECK (voids >= 0), -- cells without a height, filled from around
  extent geometry(POLYGON, 4326) NOT NULL
);

-- Blocks of 256 by 256 cells, rows from the north: float32 heights [m], and float32 doubts [m]: 0 where a height was
-- measured, else how far the fill may be off. Both little-endian, deflated.
CREATE TABLE qala.terrain_block (
  terrain_id bigint NOT NULL,
  block_column integer NOT NULL,
  block_row integer NOT NULL,
  heights bytea NOT NULL,
  doubts bytea,                             -- absent where everything was measured
  PRIMARY KEY (terrain_id, block_column, block_row)
);
ALTER TABLE qala.terrain_block ALTER COLUMN heights SET STORAGE EXTERNAL;
ALTER TABLE qala.terrain_block ALTER COLUMN doubts SET STORAGE EXTERNAL;

SELECT qala.guard_log('qala', 'terrain');
SELECT qala.guard_log('qala', 'terrain_block');

-- Tiles of the city in three dimensions as they were built: the fingerprint tells of what. A cache; it may be emptied.
CREATE TABLE qala.scene_tile (
  tile text NOT NULL,
  fingerprint bytea NOT NULL,
  region double precision[] NOT NULL,       -- west, south, east, north [radians], lowest and highest [m]
  content bytea NOT NULL,
  built timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tile, fingerprint)
);
ALTER TABLE qala.scene_tile ALTER COLUMN content SET STORAGE EXTERNAL;

DO $$
BEGIN
  EXECUTE format('GRANT SELECT ON qala.terrain, qala.terrain_block, qala.scene_tile TO %I', qala.reader());
  EXECUTE format('GRANT SELECT, INSERT ON qala.terrain, qala.terrain_block TO %I', qala.writer());
  EXECUTE format('GRANT USAGE ON SEQUENCE qala.terrain_id TO %I', qala.writer());
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON qala.scene_tile TO %I', qala.writer());
END $$;
