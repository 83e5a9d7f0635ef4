DROP TABLE urban_planning.clearance_draft, urban_planning.clearance;
DROP TABLE urban_planning.network_line_draft, urban_planning.network_line;
DROP TABLE urban_planning.network_node_draft, urban_planning.network_node;
DROP TABLE urban_planning.network_structure_draft, urban_planning.network_structure;
