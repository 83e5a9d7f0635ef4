DROP INDEX address.address_street_name, address.address_place_number;
DROP TRIGGER note_addresses ON address.address;
DROP TRIGGER note_aliases ON address.alias;
DROP TRIGGER note_names ON address.admin_unit;
DROP TRIGGER note_names ON address.named_place;
DROP TRIGGER note_names ON address.street;
DROP TABLE address.spelling;
DROP FUNCTION address.alike, address.likeness, address.note_addresses, address.note_aliases, address.note_names, address.note_spelling,
  address.nearby, address.ways, address.asked, address.kind_like, address.one_slip, address.name_of, address.in_order,
  address.stems, address.tokens, address.meanings, address.number, address.letters,
  address.one_script;
DROP TYPE address.reading;
