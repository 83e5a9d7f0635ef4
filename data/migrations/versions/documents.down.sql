DROP TABLE personal.document_file;
DROP TABLE qala.document_file;
DROP TABLE qala.document;
