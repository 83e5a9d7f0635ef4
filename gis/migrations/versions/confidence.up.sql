-- An act's fingerprint: the same act by the same source is recorded once. Bulk loads have none.
ALTER TABLE qala.changeset ADD COLUMN fingerprint bytea;
CREATE UNIQUE INDEX changeset_fingerprint ON qala.changeset (fingerprint) WHERE fingerprint IS NOT NULL;

-- Who looked at personal data, when, in which session and transaction, at what and why. It only grows.
CREATE TABLE qala.access (
  access_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  session integer NOT NULL DEFAULT pg_backend_pid(),
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  actor text NOT NULL,
  role text NOT NULL,
  reason text NOT NULL CHECK (reason ~ '\S'),
  subject text NOT NULL
);
SELECT qala.guard_log('qala', 'access');

-- A look opens personal rows once it is committed: to the session that logged it, in a transaction that names it by the
-- setting qala.look and began within a minute. A transaction that is rolled back, or a process that dies, leaves the look
-- on record; a forged setting can only name a look that the same session has just logged.
CREATE FUNCTION qala.look_is_logged() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (
    SELECT FROM qala.access
    WHERE access_id = nullif(current_setting('qala.look', true), '')::bigint
      AND session = pg_backend_pid()
      AND transaction IS DISTINCT FROM pg_current_xact_id_if_assigned()
      AND at > transaction_timestamp() - interval '1 minute')
$$;

CREATE FUNCTION qala.confidant() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_database() || '_confidant' $$;

-- A personal table: closed to the public login, shown to the confidant only in a transaction that names a logged look.
CREATE FUNCTION qala.grant_confidential(schema_name text, table_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I, %I', schema_name, qala.writer(), qala.confidant());
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I.%I TO %I', schema_name, table_name, qala.writer());
  EXECUTE format('GRANT SELECT ON %I.%I TO %I', schema_name, table_name, qala.confidant());
  EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', schema_name, table_name);
  EXECUTE format('CREATE POLICY acts ON %I.%I TO %I USING (true) WITH CHECK (true)',
                 schema_name, table_name, qala.writer());
  EXECUTE format('CREATE POLICY logged_looks ON %I.%I FOR SELECT TO %I USING ((SELECT qala.look_is_logged()))',
                 schema_name, table_name, qala.confidant());
END $$;

-- The confidant says who looks, at what and why; when, in which session and transaction is the database's to say.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = qala.confidant()) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', qala.confidant());
  END IF;
  EXECUTE format('GRANT %I TO %I', qala.reader(), qala.confidant());
  EXECUTE format('GRANT SELECT, INSERT (actor, role, reason, subject) ON qala.access TO %I', qala.confidant());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), qala.confidant());
END $$;

-- A changeset's actor is the auditor's business, and its fingerprint hashes persons without salt: the public login reads
-- neither.
DO $$
BEGIN
  EXECUTE format('REVOKE SELECT ON qala.changeset FROM %I', qala.reader());
  EXECUTE format('GRANT SELECT (number, recorded, verb, role, reason, source_kind, source_number, source_acceptance,
                  source_submission, source_recordation, source_file_hash, layers, form, digest, previous_hash, hash)
                  ON qala.changeset TO %I', qala.reader());
END $$;

-- Whoever may run any SQL could store large objects, or hold the lock that acts wait for. Only a server's superuser can
-- take these functions away; on a server of the city's own the owner may be none, and then they stay.
DO $$
DECLARE closed regprocedure;
BEGIN
  FOR closed IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname LIKE 'lo\_%' OR proname IN ('loread', 'lowrite') OR proname LIKE 'pg\_%advisory%')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', closed);
    IF closed::text LIKE 'pg\_%advisory%' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', closed, qala.writer());
    END IF;
  END LOOP;
END $$;
