DROP FUNCTION qala.link_opens;
DROP FUNCTION qala.make_draft_twin;
DROP TABLE qala.draft_step, qala.draft_reliance, qala.draft_feature, qala.draft;
