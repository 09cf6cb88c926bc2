-- Backfill: how far the older pages of a blog were read when it joined, and which page comes next. A feed has a row from
-- the first time that it was read.

CREATE TABLE backfill (
    feed_id  INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    way      TEXT NOT NULL CHECK (way IN ('links', 'wordpress', 'blogger')),
    -- The page to be asked next, and when.
    next_url TEXT,
    due_at   INTEGER NOT NULL,
    asked_at INTEGER,
    tries    INTEGER NOT NULL,
    pages    INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    back_to  INTEGER,
    ended    TEXT CHECK (ended IN ('opening', 'first', 'repeats', 'capped', 'elsewhere', 'theirs', 'failed')),
    cause    TEXT,
    -- Where pages may lie, a host a line.
    hosts    TEXT NOT NULL,
    -- Fingerprints of the addresses and bodies of all pages so far, one behind the other.
    seen     BLOB NOT NULL CHECK (length(seen) % 32 = 0),
    CHECK ((next_url IS NULL) = (ended IS NOT NULL))
) STRICT;

CREATE INDEX backfill_due ON backfill (due_at) WHERE ended IS NULL;
CREATE INDEX backfill_asked ON backfill (asked_at);

-- Another address on the roster is another blog to be walked.
CREATE TRIGGER backfill_is_of_one_address AFTER UPDATE OF address_key ON feed WHEN new.address_key <> old.address_key BEGIN
    DELETE FROM backfill WHERE feed_id = new.id;
END;
