-- A named set of proposed changes over the register. Its revision counts its edits; whoever edits it holds its row.
-- Layers are those of the features that it touches.
CREATE TABLE qala.draft (
  draft_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(name) <= 60),
  title text NOT NULL CHECK (title ~ '\S'),
  purpose text,
  owner text NOT NULL,
  role text NOT NULL,
  created timestamptz NOT NULL DEFAULT clock_timestamp(),
  valid_from timestamptz NOT NULL,
  base bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'adopted', 'withdrawn')),
  changeset bigint UNIQUE,
  link_hash bytea UNIQUE,
  layers text[] NOT NULL DEFAULT '{}',
  CHECK ((state = 'adopted') = (changeset IS NOT NULL))
);

-- The features that a draft proposes to change: the write token that each had when the draft took it up (0 for one that
-- the draft makes), the last version number it had, and the revision that changed it last.
CREATE TABLE qala.draft_feature (
  draft_id bigint NOT NULL REFERENCES qala.draft,
  feature_id bigint NOT NULL,
  layer text NOT NULL,
  token bigint NOT NULL,
  last_version integer NOT NULL,
  revision bigint NOT NULL,
  PRIMARY KEY (draft_id, feature_id)
);
CREATE INDEX draft_feature_layer ON qala.draft_feature (draft_id, layer, feature_id);

-- What an edit relied on without changing it: when that moves on, the edit may no longer stand.
CREATE TABLE qala.draft_reliance (
  draft_id bigint NOT NULL REFERENCES qala.draft,
  feature_id bigint NOT NULL,
  layer text NOT NULL,
  token bigint NOT NULL,
  PRIMARY KEY (draft_id, feature_id)
);

-- Every edit, in order: who, when, by which verb, which features it changed, the successions that it brought about, and
-- what it wrote in public layers, so that rules on acts as a whole can look at each by itself when the draft is adopted
-- (none of a bulk load). Of what was taken back (reverted) no step before that counts any more.
CREATE TABLE qala.draft_step (
  draft_id bigint NOT NULL REFERENCES qala.draft,
  revision bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  role text NOT NULL,
  verb text NOT NULL,
  reason text NOT NULL,
  valid_from timestamptz NOT NULL,
  features bigint[] NOT NULL,
  reverted bigint[] NOT NULL DEFAULT '{}',
  successions jsonb NOT NULL DEFAULT '[]',
  writes jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (draft_id, revision)
);
SELECT qala.guard_log('qala', 'draft_step');

-- Beside a layer's table stands one of the whole live timelines that features have in drafts: what a draft proposes
-- (proposed), and what it leaves of the register's own. A row's version number is that of the register's version where it
-- is one, else the number it would get.
CREATE FUNCTION qala.make_draft_twin(schema_name text, table_name text, confidential boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE twin text := table_name || '_draft';
BEGIN
  EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING GENERATED, draft_id bigint NOT NULL REFERENCES qala.draft,
                  proposed boolean NOT NULL, PRIMARY KEY (draft_id, feature_id, version))',
                 schema_name, twin, schema_name, table_name);
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('%I.%I', schema_name, twin)::regclass AND attname = 'geom') THEN
    EXECUTE format('CREATE INDEX %I ON %I.%I USING gist (draft_id, geom)', twin || '_place', schema_name, twin);
  END IF;
  IF confidential THEN
    PERFORM qala.grant_confidential(schema_name, twin);
  ELSE
    EXECUTE format('GRANT SELECT ON %I.%I TO %I', schema_name, twin, qala.reader());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I.%I TO %I', schema_name, twin, qala.writer());
  END IF;
  EXECUTE format('GRANT DELETE ON %I.%I TO %I', schema_name, twin, qala.writer());
END $$;

-- Tells whether a hash is that of the link that shares a draft, without showing it.
CREATE FUNCTION qala.link_opens(asked bigint, hash bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = qala, pg_temp AS $$
  SELECT coalesce((SELECT link_hash = hash FROM qala.draft WHERE draft_id = asked), false)
$$;

-- Who owns a draft and the hash of its link are not the public login's business; what it proposes is asked by the engine.
DO $$
BEGIN
  EXECUTE format('GRANT SELECT (draft_id, name, title, purpose, created, valid_from, base, revision, state, changeset,
                  layers) ON qala.draft TO %I', qala.reader());
  EXECUTE format('GRANT SELECT ON qala.draft_feature TO %I', qala.reader());
  EXECUTE format('GRANT SELECT, INSERT ON qala.draft, qala.draft_feature, qala.draft_reliance, qala.draft_step TO %I',
                 qala.writer());
  EXECUTE format('GRANT UPDATE ON qala.draft, qala.draft_feature, qala.draft_reliance TO %I', qala.writer());
  EXECUTE format('GRANT DELETE ON qala.draft_feature, qala.draft_reliance TO %I', qala.writer());
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA qala TO %I', qala.writer());
END $$;
