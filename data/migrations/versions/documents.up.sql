-- A document is issued once for a question: kind, subject, point on both axes, language, disclosure. Its number is made
-- from the question, so two first askers at once agree on it. What is public tells nobody's name.
CREATE TABLE qala.document (
  number text PRIMARY KEY,
  kind text NOT NULL,
  subject_kind text NOT NULL,
  subject_number text,
  valid timestamptz NOT NULL,
  recorded timestamptz NOT NULL,
  language text NOT NULL,
  disclosure text NOT NULL CHECK (disclosure IN ('public', 'full')),
  content_hash bytea NOT NULL,
  file_hash bytea NOT NULL UNIQUE,
  length integer NOT NULL,
  issued timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The file of a document without personal data.
CREATE TABLE qala.document_file (
  number text PRIMARY KEY REFERENCES qala.document,
  file bytea NOT NULL
);

-- The file of one that tells who holds the rights: closed like the parties themselves.
CREATE TABLE personal.document_file (
  number text PRIMARY KEY REFERENCES qala.document,
  file bytea NOT NULL
);

-- PDF is compressed already.
ALTER TABLE qala.document_file ALTER COLUMN file SET STORAGE EXTERNAL;
ALTER TABLE personal.document_file ALTER COLUMN file SET STORAGE EXTERNAL;

SELECT qala.guard_log('qala', 'document');
SELECT qala.guard_log('qala', 'document_file');
SELECT qala.guard_log('personal', 'document_file');
SELECT qala.grant_confidential('personal', 'document_file');

DO $$
BEGIN
  EXECUTE format('GRANT SELECT ON qala.document, qala.document_file TO %I', qala.reader());
  EXECUTE format('GRANT SELECT, INSERT ON qala.document, qala.document_file TO %I', qala.writer());
END $$;
