DROP FUNCTION qala.grant_confidential(text, text);
DROP FUNCTION qala.confidant();
DROP FUNCTION qala.look_is_logged();
DROP TABLE qala.access;
ALTER TABLE qala.changeset DROP COLUMN fingerprint;
