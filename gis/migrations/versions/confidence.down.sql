DO $$
DECLARE opened regprocedure;
BEGIN
  FOR opened IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname LIKE 'lo\_%' AND proname NOT IN ('lo_import', 'lo_export')
           OR proname IN ('loread', 'lowrite') OR proname LIKE 'pg\_%advisory%')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', opened);
    IF opened::text LIKE 'pg\_%advisory%' THEN
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %I', opened, qala.writer());
    END IF;
  END LOOP;
  EXECUTE format('REVOKE SELECT ON qala.changeset FROM %I', qala.reader());
  EXECUTE format('GRANT SELECT ON qala.changeset TO %I', qala.reader());
END $$;

DROP FUNCTION qala.grant_confidential(text, text);
DROP FUNCTION qala.confidant();
DROP FUNCTION qala.look_is_logged();
DROP TABLE qala.access;
ALTER TABLE qala.changeset DROP COLUMN fingerprint;
