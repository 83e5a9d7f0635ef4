DROP TABLE qala.scene_tile, qala.terrain_block, qala.terrain;
DROP SEQUENCE qala.terrain_id;
