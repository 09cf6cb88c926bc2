-- What organisers stumbled over: a post that names no Thing speaks for the Things of its own time only, of a post
-- without a date nobody can say that it is late, and who gets another name is found by the former one.

-- As before, but of the posts that nothing was recognised in, nor suggested for, it is kept when each was published: in
-- milliseconds since 1970, eight bytes each, the greatest byte first, the oldest post first. So a table of everybody
-- reads one row a person, however much they write.
DROP TABLE posted;

CREATE TABLE posted (
    participant_id INTEGER PRIMARY KEY REFERENCES participant (id) ON DELETE CASCADE,
    posts          INTEGER NOT NULL,
    newest_at      INTEGER,
    unrecognised   BLOB NOT NULL CHECK (length(unrecognised) % 8 = 0)
) STRICT;

-- Whether its feed does not say when it was published, so that the time of first sight stands in for that, or on an older
-- page that of the pages before. It stands behind the long columns, but 0 and 1 need no room beyond a row's header.
ALTER TABLE entry ADD COLUMN undated INTEGER NOT NULL DEFAULT 0 CHECK (undated IN (0, 1));

UPDATE entry SET undated = 1 WHERE published_at = first_seen_at;

-- Whether one of the posts has no date.
ALTER TABLE progress ADD COLUMN undated INTEGER NOT NULL DEFAULT 0 CHECK (undated IN (0, 1));

INSERT INTO progress_due SELECT id FROM participant WHERE true ON CONFLICT DO NOTHING;

-- The last parts of addresses that participants had before they got other names, as long as nobody else has them.
CREATE TABLE former_slug (
    slug           TEXT PRIMARY KEY CHECK (slug <> ''),
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX former_slug_of ON former_slug (participant_id);
