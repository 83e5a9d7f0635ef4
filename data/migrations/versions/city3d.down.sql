DROP TABLE urban_planning.city_object_draft, urban_planning.city_object;
