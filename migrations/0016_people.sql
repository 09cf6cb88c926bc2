-- What organisers stumbled over: a post that names no Thing speaks for the Things of its own time only.

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

INSERT INTO progress_due SELECT id FROM participant WHERE true ON CONFLICT DO NOTHING;
