DROP TABLE urban_planning.regulation_line_draft, urban_planning.regulation_line;
DROP TABLE urban_planning.zoning_element_draft, urban_planning.zoning_element;
DROP TABLE urban_planning.spatial_plan_draft, urban_planning.spatial_plan;
