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
    unrecognised   BLOB NOT NULL CHECK (length(unrecognised) % 8 = 0),
    -- How many posts without a date are not among them, because nobody can say when they were published.
    undated        INTEGER NOT NULL
) STRICT;

-- Whether its feed does not say when it was published, so that the time of first sight stands in for that, or on an older
-- page that of the pages before. It stands behind the long columns, but 0 and 1 need no room beyond a row's header.
ALTER TABLE entry ADD COLUMN undated INTEGER NOT NULL DEFAULT 0 CHECK (undated IN (0, 1));

-- The time of first sight is taken when a poll begins and first_seen_at when its answer has come, so they lie some minutes
-- apart at most (they were once the same). A post with a date may be read as soon as that, so what was told of the feed or
-- the post counts too.
UPDATE entry SET undated = 1
WHERE published_at = first_seen_at OR published_at BETWEEN first_seen_at - 600000 AND first_seen_at
    AND (EXISTS (SELECT 1 FROM feed WHERE feed.id = entry.feed_id AND instr(feed.problems, 'no date that can be read'))
        OR EXISTS (SELECT 1 FROM entry_reading WHERE entry_id = entry.id AND instr(entry_reading.problems, 'lies in the future')));

-- Whether one of the posts has no date.
ALTER TABLE progress ADD COLUMN undated INTEGER NOT NULL DEFAULT 0 CHECK (undated IN (0, 1));

INSERT INTO progress_due SELECT id FROM participant WHERE true ON CONFLICT DO NOTHING;

-- The last parts of addresses that participants had before they got other names, as long as nobody else has them.
CREATE TABLE former_slug (
    slug           TEXT PRIMARY KEY CHECK (slug <> ''),
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX former_slug_of ON former_slug (participant_id);
