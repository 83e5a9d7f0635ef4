-- Without their reports nobody could decide on these drafts any more: those that are open are given up, with what they
-- propose. Their names stay taken.
DO $$
DECLARE one record;
BEGIN
  FOR one IN
    SELECT d.draft_id, split_part(named, '.', 1) AS schema_name, split_part(named, '.', 2) || '_draft' AS twin
    FROM qala.report JOIN qala.draft AS d USING (draft_id) CROSS JOIN unnest(d.layers) AS named
    WHERE d.state <> 'adopted'
  LOOP
    EXECUTE format('DELETE FROM %I.%I WHERE draft_id = $1', one.schema_name, one.twin) USING one.draft_id;
  END LOOP;
END $$;
DELETE FROM qala.draft_feature USING qala.report AS r JOIN qala.draft AS d USING (draft_id)
WHERE draft_feature.draft_id = r.draft_id AND d.state <> 'adopted';
DELETE FROM qala.draft_reliance USING qala.report AS r JOIN qala.draft AS d USING (draft_id)
WHERE draft_reliance.draft_id = r.draft_id AND d.state <> 'adopted';
UPDATE qala.draft AS d SET state = 'withdrawn', layers = '{}' FROM qala.report AS r
WHERE r.draft_id = d.draft_id AND d.state <> 'adopted';

DROP TABLE qala.report_photo;
DROP FUNCTION qala.only_erased();
DROP TABLE qala.report;
DROP SEQUENCE qala.report_number;
DROP INDEX urban_planning.street_speed_lately;
