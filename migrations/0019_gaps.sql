-- What dropped out of a feed between two visits is looked for on older pages as well. So a feed has two walks at most: the one
-- since it joined, and the last one that fills a gap.
CREATE TABLE walk (
    feed_id   INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    -- Whether it fills a gap; then between which two posts, the newest that was known and the oldest that came, and when it
    -- may begin.
    fills     INTEGER NOT NULL CHECK (fills IN (0, 1)),
    after_at  INTEGER,
    before_at INTEGER,
    begins_at INTEGER,
    way       TEXT NOT NULL CHECK (way IN ('links', 'wordpress', 'blogger')),
    -- The page to be asked next, and when.
    next_url  TEXT,
    due_at    INTEGER NOT NULL,
    asked_at  INTEGER,
    tries     INTEGER NOT NULL,
    pages     INTEGER NOT NULL,
    entries   INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    back_to   INTEGER,
    ended     TEXT CHECK (ended IN ('opening', 'first', 'repeats', 'capped', 'elsewhere', 'theirs', 'failed')),
    cause     TEXT,
    -- Where pages may lie, a host a line.
    hosts     TEXT NOT NULL,
    -- Fingerprints of the addresses and bodies of all pages so far, one behind the other.
    seen      BLOB NOT NULL CHECK (length(seen) % 32 = 0),
    -- Which platforms were asked last, a name a line.
    platforms TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (feed_id, fills),
    CHECK ((next_url IS NULL) = (ended IS NOT NULL)),
    CHECK (fills = (after_at IS NOT NULL) AND fills = (before_at IS NOT NULL) AND fills = (begins_at IS NOT NULL))
) STRICT;

INSERT INTO walk (feed_id, fills, way, next_url, due_at, asked_at, tries, pages, entries, bytes, back_to, ended, cause, hosts,
    seen, platforms)
SELECT feed_id, 0, way, next_url, due_at, asked_at, tries, pages, entries, bytes, back_to, ended, cause, hosts, seen, platforms
FROM backfill;

DROP TRIGGER backfill_is_of_one_address;
DROP TABLE backfill;
ALTER TABLE walk RENAME TO backfill;

CREATE INDEX backfill_due ON backfill (due_at) WHERE ended IS NULL;
CREATE INDEX backfill_asked ON backfill (asked_at);

-- Another address on the roster is another blog to be walked.
CREATE TRIGGER backfill_is_of_one_address AFTER UPDATE OF address_key ON feed WHEN new.address_key <> old.address_key BEGIN
    DELETE FROM backfill WHERE feed_id = new.id;
END;

CREATE TRIGGER backfill_begun AFTER INSERT ON backfill BEGIN
    UPDATE generation SET polls = polls + 1;
END;
CREATE TRIGGER backfill_went_on AFTER UPDATE ON backfill BEGIN
    UPDATE generation SET polls = polls + 1;
END;
CREATE TRIGGER backfill_ended AFTER DELETE ON backfill BEGIN
    UPDATE generation SET polls = polls + 1;
END;
-- What could not be filled is told where all that is odd in a feed is told.
CREATE TRIGGER gap_is_shown AFTER INSERT ON backfill WHEN new.fills = 1 BEGIN
    UPDATE generation SET shown = shown + 1;
END;

-- A feed that was cut off before its first whole post counted as read. It is asked for in full once more.
UPDATE feed SET body = NULL, validators_url = NULL, etag = NULL, last_modified = NULL
WHERE problems LIKE '%the feed was cut off before its first whole post%';
