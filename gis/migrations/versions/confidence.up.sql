-- An act's fingerprint: the same act by the same source is recorded once. Bulk loads have none.
ALTER TABLE qala.changeset ADD COLUMN fingerprint bytea;
CREATE UNIQUE INDEX changeset_fingerprint ON qala.changeset (fingerprint) WHERE fingerprint IS NOT NULL;

-- Who looked at personal data, when, in which transaction, at what and why. It only grows.
CREATE TABLE qala.access (
  access_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  actor text NOT NULL,
  role text NOT NULL,
  reason text NOT NULL CHECK (reason ~ '\S'),
  subject text NOT NULL
);
CREATE INDEX access_transaction ON qala.access (transaction);
SELECT qala.guard_log('qala', 'access');

-- Whether this transaction has written to the log. It looks with its owner's rights, so that nobody needs them.
CREATE FUNCTION qala.look_is_logged() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM qala.access WHERE transaction = pg_current_xact_id_if_assigned())
$$;

CREATE FUNCTION qala.confidant() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_database() || '_confidant' $$;

-- A personal table: closed to the public login, shown to the confidant only in a transaction that logged the look.
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

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = qala.confidant()) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', qala.confidant());
  END IF;
  EXECUTE format('GRANT %I TO %I', qala.reader(), qala.confidant());
  EXECUTE format('GRANT INSERT, SELECT ON qala.access TO %I', qala.confidant());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), qala.confidant());
END $$;
