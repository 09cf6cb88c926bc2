-- Who has posted how much on what, kept so that no page has to count posts. All of it follows from entries and tags.

-- What one participant has posted on one Thing, of what their feeds show; without a row there is nothing.
CREATE TABLE progress (
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE CASCADE,
    thing          INTEGER NOT NULL CHECK (thing > 0),
    -- Posts that are tagged with it, and posts for which it is only suggested.
    posts          INTEGER NOT NULL,
    suggested      INTEGER NOT NULL,
    -- The first of those that are tagged.
    first_at       INTEGER,
    first_url      TEXT,
    PRIMARY KEY (participant_id, thing),
    CHECK ((posts > 0) = (first_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX progress_of_thing ON progress (thing, participant_id, posts);

-- All that one participant has posted, and how much of it nothing was recognised in, nor suggested for.
CREATE TABLE posted (
    participant_id  INTEGER PRIMARY KEY REFERENCES participant (id) ON DELETE CASCADE,
    posts           INTEGER NOT NULL,
    newest_at       INTEGER,
    unrecognised    INTEGER NOT NULL,
    unrecognised_at INTEGER
) STRICT;

-- The same week by week, and how much of it is on a Thing. Week 1 begins on Monday 5 January 1970, UTC.
CREATE TABLE posted_in_week (
    week           INTEGER NOT NULL,
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE CASCADE,
    posts          INTEGER NOT NULL,
    on_things      INTEGER NOT NULL,
    PRIMARY KEY (week, participant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX posted_in_week_of ON posted_in_week (participant_id);

-- Whose figures have to be counted anew before the transaction ends. Whatever they follow from says so itself, so that
-- nobody who writes can forget it.
CREATE TABLE progress_due (
    participant_id INTEGER PRIMARY KEY
) STRICT;

INSERT INTO progress_due SELECT id FROM participant;

CREATE TRIGGER progress_of_new_tag AFTER INSERT ON tag BEGIN
    INSERT INTO progress_due SELECT participant_id FROM entry WHERE id = new.entry_id ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER progress_of_changed_tag AFTER UPDATE ON tag BEGIN
    INSERT INTO progress_due SELECT participant_id FROM entry WHERE id IN (old.entry_id, new.entry_id)
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER progress_of_former_tag AFTER DELETE ON tag BEGIN
    INSERT INTO progress_due SELECT participant_id FROM entry WHERE id = old.entry_id ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER progress_of_new_entry AFTER INSERT ON entry BEGIN
    INSERT INTO progress_due VALUES (new.participant_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER progress_of_former_entry AFTER DELETE ON entry BEGIN
    INSERT INTO progress_due VALUES (old.participant_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER progress_of_changed_entry
    AFTER UPDATE OF participant_id, retired_at, twin_of, url, published_at ON entry
    WHEN old.participant_id <> new.participant_id OR old.published_at <> new.published_at OR old.url IS NOT new.url
        OR (old.retired_at IS NULL) <> (new.retired_at IS NULL) OR (old.twin_of IS NULL) <> (new.twin_of IS NULL)
BEGIN
    INSERT INTO progress_due VALUES (old.participant_id), (new.participant_id) ON CONFLICT DO NOTHING;
END;

-- "Why isn't my post here?" also tells of what is not shown.
CREATE INDEX entry_hidden ON entry (participant_id, published_at DESC, id DESC)
    WHERE retired_at IS NOT NULL OR twin_of IS NOT NULL;
