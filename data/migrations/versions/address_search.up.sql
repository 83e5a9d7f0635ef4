-- Search of addresses as people write them: the one place where scripts, abbreviations and numbers are folded.
--
--   address.letters       any script -> a skeleton of 26 Latin letters in which one word is written in one way
--   address.meanings      what a folded word means: a kind of street, a marker of a house or a flat, noise
--   address.tokens        a text -> folded words and numbers
--   address.name_of       a name on record -> its kind and its folded words
--   address.number        a house number with its block -> one spelling
--   address.asked         what somebody wrote -> each way to read it
--   address.spelling      every spelling by which a place was ever known, kept by triggers on the layers' tables
--   address.alike         spellings like a name that nobody bears
--
-- Versions are only ever added, and a spelling is a function of a version alone: so spellings are only added too.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA public;

-- A word that mixes Latin letters with Cyrillic ones that look the same, in the script that its other letters tell.
CREATE FUNCTION address.one_script(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE
    WHEN word !~ '[a-zA-Z]' OR word !~ '[\u0400-\u04ff]' THEN word
    WHEN word ~ '[^a-zA-Z0-9АВЕКМНОРСТУХІҺаекорсухіһ[:punct:][:space:]]'
      THEN translate(word, 'ABEKMHOPCTYXIhaekopcyxi', 'АВЕКМНОРСТУХІһаекорсухі')
    ELSE translate(word, 'АВЕКМНОРСТУХІҺаекорсухіһ', 'ABEKMHOPCTYXIhaekopcyxih') END
$$;

-- The skeleton. Kazakh and Russian Cyrillic, the Latin alphabets of 2018 and 2021, passports' and everyday Latin meet in
-- it: Жеңіс, Женис, Jeńis, Zhenis -> jenis. It does not depend on the database's locale.
CREATE FUNCTION address.letters(spelled text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE s text := spelled;
BEGIN
  IF octet_length(s) > length(s) THEN
    IF s ~ '[a-zA-Z]' AND s ~ '[\u0400-\u04ff]' THEN
      s := (SELECT string_agg(address.one_script(w), ' ') FROM regexp_split_to_table(s, '\s+') AS w);
    END IF;
    s := replace(replace(replace(translate(s, 'ЩЮЯЦЫ№', 'щюяцы#'), 'щ', 'shc'), 'ю', 'iu'), 'я', 'ia');
    s := translate(replace(replace(replace(s, 'ц', 'ts'), 'ш', 'sh'), 'Ш', 'sh'),
      'аеоинтрслкбуымдйгзжвпэхчфёқғңәөұүһіґєАЕОИНТРСЛКБУМДЙГЗЖВПЭХЧФЁҚҒҢӘӨҰҮҺІҐЄъьЪЬ',
      'aeointrslkbuimdigzjvpehcfekgnaouuhigeaeointrslkbumdigzjvpehcfekgnaouuhige');
    IF octet_length(s) > length(s) THEN
      -- What is left are letters with marks. The ý of 2018 stands for у, the ş of 2021 for ш.
      s := regexp_replace(normalize(replace(translate(s, 'ÝýŞ', 'Uuş'), 'ş', 'sh'), NFKD), '[\u0300-\u036f]', '', 'g');
      s := translate(replace(replace(s, 'æ', 'ae'), 'œ', 'oe'), 'иІіеИЕıəŋøłđħØŁĐĦƏŊ', 'iiieieianoldholdhan');
    END IF;
  END IF;
  s := translate(lower(s COLLATE "C"), 'ywq''’‘`´ʹʼʻ"«»“”', 'iuk');
  -- The letters y, w and q are free: ш takes w.
  IF s ~ 'h|dj' THEN
    s := replace(replace(replace(replace(s, 'dzh', 'j'), 'dj', 'j'), 'zh', 'j'), 'kh', 'h');
    s := replace(replace(replace(s, 'gh', 'g'), 'ch', 'c'), 'sh', 'w');
  END IF;
  s := replace(replace(replace(replace(s, 'ng', 'n'), 'x', 'ks'), 'ie', 'e'), 'io', 'e');
  IF s ~ 'aa|bb|cc|dd|ee|ff|gg|hh|ii|jj|kk|ll|mm|nn|oo|pp|rr|ss|tt|uu|vv|ww|zz' THEN
    s := regexp_replace(s, '([a-z])\1+', '\1', 'g');
  END IF;
  RETURN s;
END $$;

-- What words mean, as data. A colon leads a meaning that depends on where the word stands:
--   :house :block :building :flat :storey   mark the number beside them
--   :before :after                          name a unit (city, district), which stands before or after the word
--   :noise                                  says nothing
-- All others are kinds of streets and places.
DO $make$
DECLARE words jsonb;
BEGIN
  WITH listed (meaning, written) AS (VALUES
    ('street', 'улица|ул|у-ца|көше|көшесі|көш|к-сі|street|st|koshe'),
    ('avenue', 'проспект|просп|пр|пр-т|пр-кт|даңғыл|даңғылы|даң|дан|avenue|ave|av|prospect|dangyl'),
    ('lane', 'переулок|пер|пер-к|тұйық көше|тұйық көшесі|тұйық к-сі|тұйық|тұйығы|тұй|тупик|туп|lane|ln|dead end'),
    ('passage', 'проезд|пр-д|өткел|өткелі|өтпе|passage|drive'),
    ('boulevard', 'бульвар|бульвары|б-р|бул|бульв|гүлзар|гүлзары|boulevard|blvd'),
    ('square', 'площадь|пл|алаң|алаңы|square|sq'),
    ('alley', 'аллея|аллеясы|алл|саяжол|саяжолы|alley'),
    ('highway', 'шоссе|трасса|тас жол|тас жолы|тасжол|тасжолы|күре жол|күре жолы|highway|hwy|дорога|жол|жолы|road|rd'),
    ('microdistrict', 'микрорайон|мкр|мкрн|мкр-н|м-н|микр|ықшам аудан|ықшам ауданы|ықшамаудан|ықшамауданы|ы/а'),
    ('microdistrict', 'шағын аудан|шағын ауданы|шағынаудан|шағынауданы|ш/а|мөлтек аудан|мөлтек ауданы|мөлтекаудан'),
    ('microdistrict', 'мөлтекауданы|м/а|microdistrict|microraion|mcr'),
    ('estate', 'жилой массив|жилмассив|массив|ж/м|тұрғын алап|тұрғын алабы|тұрғын массиві|тұрғын үй алабы|residential area'),
    ('gardens', 'садоводческое товарищество|садовое товарищество|снт|бау-бақша серіктестігі|бау серіктестігі'),
    ('quarter', 'квартал|кв-л|орам|орамы|quarter'),
    (':house', 'дом|д|үй|house|здание|зд|ғимарат|ғимараты|нөмір|нөмірі|номер|building|bldg|участок|уч|учаске|#|n|no'),
    (':block', 'корпус|корпусы|корп|кор|к|блок|блогы|блк|block'),
    (':building', 'строение|стр|құрылыс'),
    (':flat', 'квартира|квартирасы|кв|пәтер|пәтері|пат|апартаменты|apartment|apt|flat|офис|оф|кеңсе|office|комната'),
    (':flat', 'комн|бөлме|бөлмесі|помещение|пом'),
    (':storey', 'этаж|эт|қабат|қабаты|подъезд|под|кіреберіс|floor|entrance'),
    (':after', 'город|гор|г|село|поселок|пос|аул|область|обл|район|р-н|city of'),
    (':before', 'қала|қаласы|аудан|ауданы|облыс|облысы|ауыл|ауылы|кент|кенті|city|district|region|village|округ|округі'),
    (':noise', 'имени|им|атындағы|атын|ат|the|of')
  ), folded AS (
    SELECT DISTINCT ON (word) word, meaning FROM (
      SELECT meaning, place, translate(address.letters(w), '-/', '') AS word
      FROM listed, regexp_split_to_table(written, '\|') WITH ORDINALITY AS each (w, place)) AS all_words
    ORDER BY word, meaning LIKE ':%', place
  )
  SELECT jsonb_object_agg(word, meaning) FROM folded INTO words;
  EXECUTE format('CREATE FUNCTION address.meanings() RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L',
                 format('SELECT %L::jsonb', words));
END $make$;

-- Folded words and numbers, in the order in which they stand. A number that belongs to a name begins with "=" (101-я,
-- Е-623), one that may do with "~" (Самал-2); a comma stands by itself.
CREATE FUNCTION address.tokens(spelled text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  s text := address.letters(spelled);
  known CONSTANT jsonb := address.meanings();
  word text;
  pair text;
  found text[] := '{}';
BEGIN
  s := regexp_replace(translate(s, ';–—‑', ',---'), '[^a-z0-9#,/-]+', ' ', 'g');
  IF s ~ '[0-9]' THEN
    IF position('/' in s) > 0 THEN
      s := regexp_replace(s, '\s*/\s*(?=[0-9])', '/', 'g');
    END IF;
    IF position('-' in s) > 0 THEN
      s := regexp_replace(s, '\m([0-9]+)\s?-\s?(i|ia|ai|aia|oi|e|go|ogo|wi|inwi|nwi|st|nd|rd|th)\M', '=\1', 'g');
      s := regexp_replace(s, '\m([a-z]{1,2})-([0-9])', '=\1\2', 'g');
      s := regexp_replace(s, '([a-z]{3,})\s?-\s?([0-9])', '\1 ~\2', 'g');
      s := regexp_replace(s, '\m([0-9]+)-?([a-z])-([0-9])', '\1\2/\3', 'g');
    END IF;
    IF s ~ '[0-9][ -]?[a-z]' THEN
      s := regexp_replace(s, '\m([0-9]+)(st|nd|rd|th|inwi|wi)\M', '=\1', 'g');
      s := regexp_replace(s, '\m([0-9]+)(?:-|\s)([a-z])(?=\s*(?:,|$|kv|pater|apt|flat|of|korp|k\s?[0-9]))', '\1\2', 'g');
      s := regexp_replace(s,
        '([0-9][a-z]?)-?(dom|ui|kv|kvartira|korpus|korp|kor|blok|stroenie|str|pater|apt|flat|of)(?=\M|[0-9])', '\1 \2', 'g');
      s := regexp_replace(s, '([0-9])\s?k\s?(?=[0-9])', '\1 k ', 'g');
    END IF;
    IF s ~ '[a-z#] ?[0-9]' THEN
      s := regexp_replace(s,
        '\m(dom|d|ui|kv|kvartira|korpus|korp|kor|k|blok|stroenie|str|pater|pat|apt|flat|of|ofis|n|no)(?=[0-9])', '\1 ', 'g');
      s := replace(s, '#', '# ');
      s := regexp_replace(s, '(^|\s)([abefhijlmoprtuvz]) ([0-9]{2,})\M', '\1=\2\3', 'g');
    END IF;
  END IF;
  FOREACH word IN ARRAY string_to_array(trim(replace(s, ',', ' , ')), ' ') LOOP
    CONTINUE WHEN word IN ('', '-', '/', '=', '~');
    pair := found[cardinality(found)] || ' ' || translate(word, '-/', '');
    IF word ~ '^[a-z]' AND found[cardinality(found)] ~ '^[a-z]' AND known ? pair THEN
      found[cardinality(found)] := pair;
    ELSIF word ~ '^[=~]?[0-9]' OR word !~ '[-/]' OR word ~ '^=' THEN
      found := found || word;
    ELSIF known ? translate(word, '-/', '') THEN
      found := found || translate(word, '-/', '');
    ELSE
      found := found || string_to_array(trim(regexp_replace(word, '[-/]+', ' ', 'g')), ' ');
    END IF;
  END LOOP;
  RETURN found;
END $$;

-- Words without the endings that Russian cases give them: Абая and Абай, Сатпаева and Сәтбаев, Победа and Победы.
CREATE FUNCTION address.stems(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(words, '(?<=[a-z]{3})(?:ogo|ego|oi|ia|[aei])\M', '', 'g')
$$;

-- Words in one order, so that "Кунанбаева Абая" and "Абая Кунанбаева" are one name.
CREATE FUNCTION address.in_order(words text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF position(' ' in words) = 0 THEN
    RETURN words;
  END IF;
  RETURN (SELECT string_agg(w, ' ' ORDER BY w COLLATE "C") FROM unnest(string_to_array(words, ' ')) AS w);
END $$;

-- A name on record: its kind, its words as they are and without endings. A name of nothing but kinds keeps its last.
CREATE FUNCTION address.name_of(spelled text, OUT kind text, OUT whole text, OUT folded text)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  known CONSTANT jsonb := address.meanings();
  token text;
  meaning text;
  last text;
  words text[] := '{}';
BEGIN
  FOREACH token IN ARRAY address.tokens(spelled) LOOP
    CONTINUE WHEN token = ',';
    meaning := known ->> token;
    IF meaning IS NULL OR (meaning LIKE ':%' AND meaning NOT IN (':noise', ':before', ':after')) THEN
      words := words || ltrim(token, '=~');
    ELSIF meaning NOT LIKE ':%' THEN
      last := token;
      kind := CASE WHEN kind IS NULL OR kind = 'street' THEN meaning ELSE kind END;
    ELSE
      last := coalesce(last, token);
    END IF;
  END LOOP;
  IF cardinality(words) > 1 AND length(array_to_string(words, '')) > cardinality(words) THEN
    words := array(SELECT w FROM unnest(words) WITH ORDINALITY AS each (w, n) WHERE w !~ '^[a-z]$' ORDER BY n);
  END IF;
  IF cardinality(words) = 0 AND last IS NOT NULL THEN
    words := ARRAY[last];
  END IF;
  whole := address.in_order(array_to_string(words, ' '));
  folded := address.in_order(address.stems(array_to_string(words, ' ')));
END $$;

-- A house number: 12А, 12/1, 12 корпус 2, each in one spelling. Б and В share one with the Latin B that people write
-- for either.
CREATE FUNCTION address.number(designator text, block text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 400 AS $$
DECLARE s text := designator;
BEGIN
  IF s IS NULL THEN
    RETURN NULL;
  ELSIF s ~ '^[0-9]+$' AND block IS NULL THEN
    RETURN coalesce(nullif(ltrim(s, '0'), ''), '0');
  END IF;
  s := regexp_replace(address.letters(s || coalesce(' k' || block, '')), '[^a-z0-9/-]+', '', 'g');
  s := regexp_replace(s, '(?:dom|ui|house)?-?(?:korpusi|korpus|korp|kor|blogi|blok|block)-?', 'k', 'g');
  s := regexp_replace(s, '(?:stroenie|str)', 's', 'g');
  s := replace(regexp_replace(s, '([0-9])-([a-z])', '\1\2', 'g'), 'k-', 'k');
  RETURN translate(regexp_replace(s, '^0+(?=[0-9])', ''), 'vc', 'bs');
END $$;

-- Marks the words and numbers of a request that stand in a unit's name, are markers, or bind each other.
CREATE TYPE address.reading AS (
  folded text,   -- words of the name without endings, in order
  whole text,    -- the same with their endings
  kind text,     -- of street or place, where it was said
  house text,    -- as address.number writes it
  flat text,
  within text,   -- words of the city, the district...
  cost real      -- how unlikely this way to read it is
);

-- Whether two words differ by one slip of the hand: a letter more, less or other, or two letters turned.
CREATE FUNCTION address.one_slip(one text, other text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  far integer := public.levenshtein_less_equal(one, other, 2);
BEGIN
  IF far <> 2 OR length(one) <> length(other) THEN
    RETURN far <= 1;
  END IF;
  FOR i IN 1 .. length(one) - 1 LOOP
    IF substr(one, i, 1) <> substr(other, i, 1) THEN
      RETURN substr(one, i, 2) = reverse(substr(other, i, 2)) AND substr(one, i + 2) = substr(other, i + 2);
    END IF;
  END LOOP;
  RETURN false;
END $$;

-- The meaning of a word that is a kind's but for one slip: улциа.
CREATE FUNCTION address.kind_like(word text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN (SELECT k.value FROM jsonb_each_text(address.meanings()) AS k
    WHERE length(k.key) >= 5 AND k.value NOT LIKE ':%' AND abs(length(k.key) - length(word)) <= 1
      AND public.levenshtein_less_equal(k.key, word, 2) <= 2 AND address.one_slip(k.key, word)
    ORDER BY k.key LIMIT 1);
END $$;

-- The ways to read what somebody wrote, likeliest first. "Loosely" takes a kind with a slip in it for that kind, where
-- no other kind is written.
CREATE FUNCTION address.asked(written text, city text[] DEFAULT '{}', loosely boolean DEFAULT false)
RETURNS SETOF address.reading LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 2 COST 2000 AS $$
DECLARE
  known CONSTANT jsonb := address.meanings();
  t text[] := address.tokens(written);
  size CONSTANT integer := least(cardinality(t), 40);
  sort text[] := '{}';        -- of each token: n number, g glued number, x number of a name, l letter, w word
  means text[] := '{}';
  part integer[] := '{}';     -- which piece between commas it stands in
  main integer[] := '{}';     -- pieces that hold the street
  used boolean[] := '{}';
  numbers integer[] := '{}';  -- places of numbers that may be a house's
  words text[] := '{}';
  first text[] := '{}';       -- initials
  aside text[] := '{}';
  named text[];
  house text;
  flat text;
  kind text;
  piece integer := 0;
  at integer;
  n integer;
BEGIN
  IF size = 0 THEN
    RETURN;
  END IF;
  FOR i IN 1 .. size LOOP
    sort[i] := CASE WHEN t[i] = ',' THEN ',' WHEN t[i] ~ '^[a-z]' THEN CASE length(t[i]) WHEN 1 THEN 'l' ELSE 'w' END
                    WHEN t[i] ~ '^[0-9]' THEN 'n' WHEN t[i] LIKE '~%' THEN 'g' WHEN t[i] LIKE '=%' THEN 'x' ELSE '#' END;
    piece := piece + (sort[i] = ',')::integer;
    part[i] := piece;
    used[i] := sort[i] = ',';
    means[i] := known ->> t[i];
  END LOOP;
  IF loosely AND NOT means && ARRAY['street', 'avenue', 'lane', 'boulevard', 'microdistrict', 'square', 'passage', 'alley',
                                    'highway', 'estate', 'gardens', 'quarter'] THEN
    FOR i IN 1 .. size LOOP
      IF means[i] IS NULL AND sort[i] = 'w' AND length(t[i]) >= 5 THEN
        means[i] := address.kind_like(t[i]);
      END IF;
    END LOOP;
  END IF;

  -- Markers and their numbers. A number before the marker (12 үй) counts where the one after has a marker of its own.
  FOR i IN 1 .. size LOOP
    CONTINUE WHEN means[i] IS NULL OR means[i] NOT IN (':house', ':block', ':building', ':flat', ':storey');
    at := NULL;
    IF i < size AND sort[i + 1] IN ('n', 'g') AND NOT used[i + 1]
       AND NOT (means[i] IN (':house', ':flat', ':storey') AND i > 1 AND sort[i - 1] IN ('n', 'g') AND NOT used[i - 1]
                AND i + 1 < size
                AND means[i + 2] IN (':house', ':block', ':building', ':flat', ':storey')
                AND NOT (i + 2 < size AND sort[i + 3] = 'n')) THEN
      at := i + 1;
    ELSIF i > 1 AND sort[i - 1] IN ('n', 'g') AND NOT used[i - 1] AND sort[i] = 'w' THEN
      at := i - 1;
    ELSIF i < size AND sort[i + 1] = 'l' AND means[i] = ':block' AND sort[i] = 'w' THEN
      at := i + 1;
    END IF;
    IF at IS NULL THEN
      -- Without a number it marks nothing: "str." is a street then, and "2-үй" after "корпус" says nothing more.
      used[i] := sort[i] <> 'w' OR (i > 1 AND sort[i - 1] = 'n');
      means[i] := CASE WHEN t[i] = 'str' THEN 'street' END;
      CONTINUE;
    END IF;
    used[i] := true;
    used[at] := true;
    CASE means[i]
      WHEN ':house' THEN house := ltrim(t[at], '~') || coalesce(house, '');
      WHEN ':block' THEN house := coalesce(house, '') || 'k' || ltrim(t[at], '~');
      WHEN ':building' THEN house := coalesce(house, '') || 's' || ltrim(t[at], '~');
      WHEN ':flat' THEN flat := address.number(ltrim(t[at], '~'));
      ELSE NULL;
    END CASE;
  END LOOP;

  -- Units: the word beside them is theirs.
  FOR i IN 1 .. size LOOP
    CONTINUE WHEN used[i] OR means[i] IS NULL OR means[i] NOT IN (':before', ':after', ':noise');
    used[i] := true;
    CONTINUE WHEN means[i] = ':noise';
    at := CASE WHEN means[i] = ':before' OR (i > 1 AND t[i - 1] ~ 'ski?i$') THEN i - 1 ELSE i + 1 END;
    IF at BETWEEN 1 AND size AND sort[at] = 'w' AND means[at] IS NULL AND NOT used[at] THEN
      used[at] := true;
      aside := aside || address.stems(t[at]);
    END IF;
  END LOOP;

  -- Pieces: the street stands where a kind or a number stands, else in the last piece that has words.
  IF piece > 0 THEN
    FOR i IN 1 .. size LOOP
      IF NOT used[i] AND sort[i] = 'w' THEN
        IF means[i] NOT LIKE ':%' OR (i < size AND part[i + 1] = part[i] AND sort[i + 1] IN ('n', 'g', 'x'))
           OR (i > 1 AND part[i - 1] = part[i] AND sort[i - 1] IN ('n', 'g', 'x')) THEN
          main := main || part[i];
        END IF;
        n := part[i];
      END IF;
    END LOOP;
    IF cardinality(main) = 0 THEN
      main := ARRAY[n];
    END IF;
  END IF;
  FOR i IN 1 .. size LOOP
    CONTINUE WHEN used[i];
    IF sort[i] IN ('n', 'g') THEN
      IF length(t[i]) <> 6 OR t[i] ~ '[^0-9]' THEN  -- six digits are a post code
        numbers := numbers || i;
      END IF;
    ELSIF means[i] IS NOT NULL AND means[i] NOT LIKE ':%' THEN
      kind := CASE WHEN kind IS NULL OR kind = 'street' THEN means[i] ELSE kind END;
    ELSIF sort[i] = 'l' AND size > 1 THEN
      first := first || t[i];
    ELSIF piece > 0 AND part[i] <> ALL (main) AND sort[i] = 'w' THEN
      aside := aside || address.stems(t[i]);
    ELSE
      words := words || ltrim(t[i], '=');
    END IF;
  END LOOP;
  IF cardinality(words) = 0 THEN
    words := first;
    first := '{}';
  END IF;

  RETURN QUERY SELECT * FROM address.ways(t, numbers, words, first, kind, house, flat, array_to_string(aside, ' '));
  -- The city's own name, written without a word that says so.
  IF cardinality(words) > 1 AND cardinality(city) > 0 THEN
    named := array(SELECT w FROM unnest(words) AS w WHERE address.stems(w) <> ALL (city));
    IF cardinality(named) BETWEEN 1 AND cardinality(words) - 1 THEN
      RETURN QUERY SELECT r.folded, r.whole, r.kind, r.house, r.flat, r.within, (r.cost + 0.02)::real
      FROM address.ways(t, numbers, named, first, kind, house, flat, array_to_string(aside, ' ')) AS r;
    END IF;
  END IF;
END $$;

-- The ways to read words and free numbers once markers and units are known: the house is marked, or it is one of the
-- free numbers, likeliest the last; two numbers side by side at the end, or 12-7, are house and flat.
CREATE FUNCTION address.ways(
  t text[], numbers integer[], words text[], first text[], kind text, marked text, flat text, within text
) RETURNS SETOF address.reading LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2 AS $$
DECLARE
  way address.reading;
  named text;
  designator text;
  initials CONSTANT text := CASE WHEN cardinality(first) > 0 THEN ' ' || array_to_string(first, ' ') ELSE '' END;
  most CONSTANT integer := cardinality(numbers);
  complete CONSTANT boolean := coalesce(marked ~ '^[0-9]', false);
BEGIN
  FOR i IN REVERSE most .. 0 LOOP
    EXIT WHEN most - i > 3;
    CONTINUE WHEN complete AND i > 0;
    CONTINUE WHEN i = 0 AND most > 0 AND NOT complete AND cardinality(words) = 0;
    named := array_to_string(words, ' ');
    FOR n IN 1 .. most LOOP
      named := CASE WHEN n = i THEN named ELSE concat_ws(' ', nullif(named, ''), ltrim(t[numbers[n]], '~')) END;
    END LOOP;
    CONTINUE WHEN named = '';
    designator := ltrim(CASE WHEN i > 0 THEN t[numbers[i]] END, '~');
    way.folded := address.in_order(address.stems(named));
    way.whole := address.in_order(named || initials);
    way.kind := kind;
    way.house := CASE WHEN i = 0 THEN address.number(nullif(marked, ''))
                      ELSE address.number(designator || coalesce(marked, '')) END;
    way.flat := flat;
    way.within := within;
    way.cost := 0.02 * (most - i) + CASE WHEN i > 0 AND t[numbers[i]] LIKE '~%' THEN 0.03
                                         WHEN i = 0 AND most > 0 AND marked IS NULL THEN 0.02 ELSE 0 END;
    RETURN NEXT way;
    CONTINUE WHEN flat IS NOT NULL OR i = 0;
    way.cost := 0.01;
    IF designator ~ '^[0-9]+[a-z]?-[0-9]+$' THEN
      way.house := address.number(split_part(designator, '-', 1));
      way.flat := address.number(split_part(designator, '-', 2));
      RETURN NEXT way;
    ELSIF i = most AND i > 1 AND numbers[i - 1] = numbers[i] - 1 AND cardinality(words) > 0 THEN
      named := array_to_string(words, ' ');
      FOR n IN 1 .. i - 2 LOOP
        named := named || ' ' || ltrim(t[numbers[n]], '~');
      END LOOP;
      way.folded := address.in_order(address.stems(named));
      way.whole := address.in_order(named || initials);
      way.house := address.number(ltrim(t[numbers[i - 1]], '~'));
      way.flat := address.number(designator);
      RETURN NEXT way;
    END IF;
  END LOOP;
END $$;

-- Every spelling by which a place was ever known. A spelling stands here once however many versions have it.
CREATE TABLE address.spelling (
  layer text NOT NULL,           -- of the feature that has the name
  feature_id bigint NOT NULL,    -- 0 for the street's name in addresses that lie on no street of the register
  place_id bigint NOT NULL,      -- the street, place, unit or address that is found by it; 0 as above
  spelled text NOT NULL,
  kind text,
  whole text NOT NULL,
  folded text NOT NULL,
  nearby text[] NOT NULL,        -- short ones with a letter left out: trigrams find no slips in them
  since timestamptz NOT NULL,    -- recorded
  PRIMARY KEY (layer, feature_id, place_id, spelled)
);
CREATE INDEX spelling_folded ON address.spelling (folded text_pattern_ops);
CREATE INDEX spelling_like ON address.spelling USING gin (whole public.gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX spelling_nearby ON address.spelling USING gin (nearby) WITH (fastupdate = off);
SELECT qala.guard_log('address', 'spelling');

-- A short name, and the same with each letter left out: two that share one differ by about one slip.
CREATE FUNCTION address.nearby(whole text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE found text[] := ARRAY[whole];
BEGIN
  IF length(whole) NOT BETWEEN 2 AND 9 OR position(' ' in whole) > 0 THEN
    RETURN '{}';
  END IF;
  FOR i IN 1 .. length(whole) LOOP
    found := found || (left(whole, i - 1) || substr(whole, i + 1));
  END LOOP;
  RETURN found;
END $$;

CREATE FUNCTION address.note_spelling(layer text, feature bigint, place bigint, name text, at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO address.spelling
  SELECT layer, feature, place, name, n.kind, n.whole, n.folded, address.nearby(n.whole), at
  FROM address.name_of(name) AS n WHERE n.folded <> ''
  ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION address.note_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM address.note_spelling(TG_ARGV[0], s.feature_id, s.feature_id, s.name, s.since)
  FROM (SELECT v.feature_id, n.name, min(lower(v.recorded)) AS since
        FROM added AS v CROSS JOIN LATERAL (VALUES (v.name), (v.name_kk), (v.name_ru), (v.name_en)) AS n (name)
        WHERE n.name IS NOT NULL GROUP BY v.feature_id, n.name) AS s
  WHERE NOT EXISTS (SELECT FROM address.spelling AS known WHERE known.layer = TG_ARGV[0]
    AND known.feature_id = s.feature_id AND known.place_id = s.feature_id AND known.spelled = s.name);
  RETURN NULL;
END $$;

CREATE FUNCTION address.note_aliases() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM address.note_spelling(TG_ARGV[0], s.feature_id, s.place_id, s.name, s.since)
  FROM (SELECT v.feature_id, v.place_id, n.name, min(lower(v.recorded)) AS since
        FROM added AS v CROSS JOIN LATERAL (VALUES (v.name), (v.name_kk), (v.name_ru), (v.name_en)) AS n (name)
        WHERE n.name IS NOT NULL GROUP BY v.feature_id, v.place_id, n.name) AS s
  WHERE NOT EXISTS (SELECT FROM address.spelling AS known WHERE known.layer = TG_ARGV[0]
    AND known.feature_id = s.feature_id AND known.place_id = s.place_id AND known.spelled = s.name);
  RETURN NULL;
END $$;

-- Of addresses: the names of houses, and of streets that the register does not have.
CREATE FUNCTION address.note_addresses() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM address.note_spelling(TG_ARGV[0], s.feature_id, s.feature_id, s.name, s.since)
  FROM (SELECT v.feature_id, v.locator_name AS name, min(lower(v.recorded)) AS since
        FROM added AS v WHERE v.locator_name IS NOT NULL GROUP BY 1, 2
        UNION ALL
        SELECT 0, v.thoroughfare_name, min(lower(v.recorded)) FROM added AS v
        WHERE v.thoroughfare_name IS NOT NULL AND v.street_id IS NULL AND v.named_place_id IS NULL GROUP BY 1, 2) AS s
  WHERE NOT EXISTS (SELECT FROM address.spelling AS known WHERE known.layer = TG_ARGV[0]
    AND known.feature_id = s.feature_id AND known.place_id = s.feature_id AND known.spelled = s.name);
  RETURN NULL;
END $$;

CREATE TRIGGER note_names AFTER INSERT ON address.street
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION address.note_names('address.street');
CREATE TRIGGER note_names AFTER INSERT ON address.named_place
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION address.note_names('address.named_place');
CREATE TRIGGER note_names AFTER INSERT ON address.admin_unit
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION address.note_names('address.admin_unit');
CREATE TRIGGER note_aliases AFTER INSERT ON address.alias
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION address.note_aliases('address.alias');
CREATE TRIGGER note_addresses AFTER INSERT ON address.address
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION address.note_addresses('address.address');

-- What stands in the register already.
DO $fill$
DECLARE layer text;
BEGIN
  FOREACH layer IN ARRAY ARRAY['address.street', 'address.named_place', 'address.admin_unit', 'address.alias'] LOOP
    EXECUTE format('SELECT address.note_spelling(%L, v.feature_id, v.%I, n.name, min(lower(v.recorded))) FROM %s AS v
      CROSS JOIN LATERAL (VALUES (v.name), (v.name_kk), (v.name_ru), (v.name_en)) AS n (name)
      WHERE n.name IS NOT NULL GROUP BY v.feature_id, v.%2$I, n.name',
      layer, CASE layer WHEN 'address.alias' THEN 'place_id' ELSE 'feature_id' END, layer);
  END LOOP;
  PERFORM address.note_spelling('address.address', s.feature_id, s.feature_id, s.name, s.since)
  FROM (SELECT v.feature_id, v.locator_name AS name, min(lower(v.recorded)) AS since
        FROM address.address AS v WHERE v.locator_name IS NOT NULL GROUP BY 1, 2
        UNION ALL
        SELECT 0, v.thoroughfare_name, min(lower(v.recorded)) FROM address.address AS v
        WHERE v.thoroughfare_name IS NOT NULL AND v.street_id IS NULL AND v.named_place_id IS NULL GROUP BY 1, 2) AS s;
END $fill$;

-- Houses by street or place and number; and where the register has neither, by the street's name.
CREATE INDEX address_place_number ON address.address
  (coalesce(street_id, named_place_id), address.number(locator_designator, locator_block) text_pattern_ops);
CREATE INDEX address_street_name ON address.address (thoroughfare_name)
  WHERE street_id IS NULL AND named_place_id IS NULL;

-- How like two names are, word by word and in any order: 1 is the same, 0 has nothing in common. A word that only one
-- of them has counts against it, one that nobody wrote (a given name) little.
CREATE FUNCTION address.likeness(known text, asked text) RETURNS real LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  theirs text[] := string_to_array(known, ' ');
  ours CONSTANT text[] := string_to_array(asked, ' ');
  slips real := 0;
  matched real := 0;
  extra real := 0;
  best integer;
  least_slips real;
  far real;
BEGIN
  FOR i IN 1 .. cardinality(ours) LOOP
    best := NULL;
    least_slips := 0.45;
    FOR j IN 1 .. cardinality(theirs) LOOP
      CONTINUE WHEN theirs[j] = '';
      far := CASE WHEN ours[i] = theirs[j] THEN 0
                  WHEN length(ours[i]) = 1 THEN CASE WHEN left(theirs[j], 1) = ours[i] THEN 0.3 ELSE 1 END
                  WHEN length(theirs[j]) = 1 OR ours[i] ~ '^[0-9]' THEN 1
                  WHEN address.one_slip(ours[i], theirs[j]) THEN 1.0 / greatest(length(ours[i]), length(theirs[j]))
                  ELSE public.levenshtein(ours[i], theirs[j])::real / greatest(length(ours[i]), length(theirs[j])) END;
      IF far < least_slips THEN
        least_slips := far;
        best := j;
      END IF;
    END LOOP;
    IF best IS NULL THEN
      extra := extra + CASE WHEN ours[i] ~ '^[0-9]' THEN 8 ELSE length(ours[i]) END;  -- rather a house of another street
    ELSE
      slips := slips + least_slips * greatest(length(ours[i]), length(theirs[best]));
      matched := matched + greatest(length(ours[i]), length(theirs[best]));
      theirs[best] := '';
    END IF;
  END LOOP;
  IF matched = 0 THEN
    RETURN 0;
  END IF;
  far := length(array_to_string(theirs, ''));
  RETURN greatest(0, 1 - slips / matched
    - CASE WHEN far > 0 THEN 0.08 + 0.1 * far / (far + matched) ELSE 0 END
    - CASE WHEN extra > 0 THEN 0.08 + 0.6 * extra / (extra + matched) ELSE 0 END);
END $$;

-- The spellings most like a name, by what was recorded until a moment.
CREATE FUNCTION address.alike(asked_whole text, asked_folded text, known timestamptz, most integer)
RETURNS TABLE (layer text, feature_id bigint, place_id bigint, spelled text, kind text, likeness real)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 12 COST 20000 SET pg_trgm.similarity_threshold = 0.42 AS $$
DECLARE
  near CONSTANT text[] := address.nearby(asked_whole);
  threshold text := '0.42';
BEGIN
  LOOP
    PERFORM set_config('pg_trgm.similarity_threshold', threshold, true);
    RETURN QUERY
    SELECT s.layer, s.feature_id, s.place_id, s.spelled, s.kind,
      CASE WHEN s.folded = asked_folded THEN CASE WHEN s.whole = asked_whole THEN 1 ELSE 0.995 END
           ELSE address.likeness(s.whole, asked_whole) END::real AS likeness
    FROM (
      SELECT c.* FROM (
        SELECT *, public.similarity(s.whole, asked_whole) AS quick FROM address.spelling AS s
        WHERE s.whole OPERATOR(public.%) asked_whole AND s.since <= known
        UNION ALL
        SELECT *, 1 FROM address.spelling AS s
        WHERE near <> '{}' AND s.nearby && near AND s.since <= known AND NOT s.whole OPERATOR(public.%) asked_whole
      ) AS c ORDER BY c.quick DESC, c.spelled, c.feature_id LIMIT 16
    ) AS s
    ORDER BY likeness DESC, s.spelled, s.feature_id LIMIT most;
    EXIT WHEN FOUND OR threshold = '0.3';
    threshold := '0.3';
  END LOOP;
END $$;

DO $grant$
BEGIN
  EXECUTE format('GRANT SELECT ON address.spelling TO %I, %I', qala.reader(), qala.writer());
END $grant$;
