-- What all who are listed have posted together: on each Thing, and in each week. It follows from `progress` and
-- `posted_in_week`, so that a page reads a row a Thing, however many people there are.

CREATE TABLE thing_tally (
    thing        INTEGER PRIMARY KEY,
    posts        INTEGER NOT NULL CHECK (posts >= 0),
    participants INTEGER NOT NULL CHECK (participants >= 0)
) STRICT;

CREATE TABLE week_tally (
    week      INTEGER PRIMARY KEY,
    posts     INTEGER NOT NULL CHECK (posts >= 0),
    on_things INTEGER NOT NULL CHECK (on_things >= 0)
) STRICT;

INSERT INTO thing_tally
    SELECT thing, sum(posts), count(*) FROM progress
    WHERE posts > 0 AND participant_id IN (SELECT id FROM participant WHERE listed = 1)
    GROUP BY thing;

INSERT INTO week_tally
    SELECT week, sum(posts), sum(on_things) FROM posted_in_week
    WHERE participant_id IN (SELECT id FROM participant WHERE listed = 1)
    GROUP BY week;

-- Who leaves the roster takes their figures along, and who comes back brings them.
CREATE TRIGGER tallies_of_listing AFTER UPDATE OF listed ON participant WHEN old.listed <> new.listed BEGIN
    INSERT INTO thing_tally SELECT thing, 0, 0 FROM progress WHERE participant_id = new.id AND posts > 0
        ON CONFLICT DO NOTHING;
    UPDATE thing_tally
        SET posts = thing_tally.posts + (new.listed - old.listed) * progress.posts,
            participants = participants + new.listed - old.listed
        FROM progress
        WHERE progress.participant_id = new.id AND progress.thing = thing_tally.thing AND progress.posts > 0;
    INSERT INTO week_tally SELECT week, 0, 0 FROM posted_in_week WHERE participant_id = new.id
        ON CONFLICT DO NOTHING;
    UPDATE week_tally
        SET posts = week_tally.posts + (new.listed - old.listed) * one.posts,
            on_things = week_tally.on_things + (new.listed - old.listed) * one.on_things
        FROM posted_in_week AS one
        WHERE one.participant_id = new.id AND one.week = week_tally.week;
END;
