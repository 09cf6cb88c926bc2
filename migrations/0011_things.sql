-- What pages say of a Thing is kept, not counted: how many visible posts it has and whose, and which of its topics they
-- mention. All of it is derived. The triggers keep it true whoever writes, by the one definition of "visible".

-- The topics of each Thing, as feeds.toml has them.
CREATE TABLE topic (
    thing    INTEGER NOT NULL CHECK (thing > 0),
    name     TEXT NOT NULL CHECK (name <> ''),
    position INTEGER NOT NULL,
    PRIMARY KEY (thing, name)
) STRICT, WITHOUT ROWID;

-- A post on a Thing mentions one of the Thing's topics, in its title or its text. The day is the entry's own, so that an
-- index serves the newest posts on a topic.
CREATE TABLE entry_topic (
    entry_id     INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    thing        INTEGER NOT NULL,
    topic        TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (entry_id, thing, topic)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_topic_newest ON entry_topic (thing, topic, published_at DESC, entry_id DESC);

-- Visible posts on a Thing that mention a topic.
CREATE TABLE topic_tally (
    thing INTEGER NOT NULL,
    topic TEXT NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (thing, topic)
) STRICT, WITHOUT ROWID;

-- Visible posts of a participant on a Thing, where there are any.
CREATE TABLE thing_person (
    thing          INTEGER NOT NULL,
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE RESTRICT,
    posts          INTEGER NOT NULL,
    PRIMARY KEY (thing, participant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX thing_person_of ON thing_person (participant_id);

-- The same, of all participants together.
CREATE TABLE thing_tally (
    thing        INTEGER PRIMARY KEY,
    posts        INTEGER NOT NULL,
    participants INTEGER NOT NULL
) STRICT;

CREATE TRIGGER thing_person_came AFTER INSERT ON thing_person BEGIN
    INSERT INTO thing_tally VALUES (new.thing, new.posts, 1)
    ON CONFLICT (thing) DO UPDATE SET posts = posts + new.posts, participants = participants + 1;
END;

CREATE TRIGGER thing_person_changed AFTER UPDATE OF posts ON thing_person BEGIN
    UPDATE thing_tally SET posts = posts + new.posts - old.posts WHERE thing = new.thing;
END;

CREATE TRIGGER thing_person_went AFTER DELETE ON thing_person BEGIN
    UPDATE thing_tally SET posts = posts - old.posts, participants = participants - 1 WHERE thing = old.thing;
END;

-- A tag comes and goes.
CREATE TRIGGER tag_came AFTER INSERT ON tag
WHEN new.state = 'tagged' AND EXISTS (SELECT 1 FROM visible_entry WHERE id = new.entry_id) BEGIN
    INSERT INTO thing_person SELECT new.thing, participant_id, 1 FROM entry WHERE id = new.entry_id
    ON CONFLICT (thing, participant_id) DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER tag_goes BEFORE DELETE ON tag
WHEN old.state = 'tagged' AND EXISTS (SELECT 1 FROM visible_entry WHERE id = old.entry_id) BEGIN
    UPDATE thing_person SET posts = posts - 1
    WHERE thing = old.thing AND participant_id = (SELECT participant_id FROM entry WHERE id = old.entry_id);
    DELETE FROM thing_person
    WHERE thing = old.thing AND participant_id = (SELECT participant_id FROM entry WHERE id = old.entry_id) AND posts = 0;
END;

CREATE TRIGGER tag_is_written_anew BEFORE UPDATE ON tag BEGIN
    SELECT RAISE(ABORT, 'a tag is deleted and inserted, never changed, so that what is counted stays true');
END;

CREATE TRIGGER entry_topic_came AFTER INSERT ON entry_topic
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = new.entry_id) BEGIN
    INSERT INTO topic_tally VALUES (new.thing, new.topic, 1)
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER entry_topic_goes BEFORE DELETE ON entry_topic
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = old.entry_id) BEGIN
    UPDATE topic_tally SET posts = posts - 1 WHERE thing = old.thing AND topic = old.topic;
END;

-- An entry is retired, found to be a copy, brought back, or somebody else's: it goes as it was and comes as it is.
CREATE TRIGGER entry_goes BEFORE UPDATE OF retired_at, twin_of, participant_id ON entry
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = old.id) BEGIN
    UPDATE thing_person SET posts = posts - 1
    WHERE participant_id = old.participant_id
        AND thing IN (SELECT thing FROM tag WHERE entry_id = old.id AND state = 'tagged');
    DELETE FROM thing_person WHERE participant_id = old.participant_id AND posts = 0;
    UPDATE topic_tally SET posts = posts - 1
    WHERE (thing, topic) IN (SELECT thing, topic FROM entry_topic WHERE entry_id = old.id);
END;

CREATE TRIGGER entry_came AFTER UPDATE OF retired_at, twin_of, participant_id ON entry
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = new.id) BEGIN
    INSERT INTO thing_person
    SELECT thing, new.participant_id, 1 FROM tag WHERE entry_id = new.id AND state = 'tagged'
    ON CONFLICT (thing, participant_id) DO UPDATE SET posts = posts + 1;
    INSERT INTO topic_tally SELECT thing, topic, 1 FROM entry_topic WHERE entry_id = new.id
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER entry_is_deleted BEFORE DELETE ON entry BEGIN
    DELETE FROM tag WHERE entry_id = old.id;
    DELETE FROM entry_topic WHERE entry_id = old.id;
END;

-- A participant leaves the roster and returns.
CREATE TRIGGER participant_goes BEFORE UPDATE OF listed ON participant WHEN old.listed = 1 AND new.listed = 0 BEGIN
    DELETE FROM thing_person WHERE participant_id = old.id;
    INSERT INTO topic_tally
    SELECT entry_topic.thing, entry_topic.topic, -count(*)
    FROM visible_entry CROSS JOIN entry_topic ON entry_topic.entry_id = visible_entry.id
    WHERE visible_entry.participant_id = old.id
    GROUP BY entry_topic.thing, entry_topic.topic
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + excluded.posts;
END;

CREATE TRIGGER participant_came AFTER UPDATE OF listed ON participant WHEN old.listed = 0 AND new.listed = 1 BEGIN
    INSERT INTO thing_person
    SELECT tag.thing, new.id, count(*)
    FROM visible_entry CROSS JOIN tag ON tag.entry_id = visible_entry.id
    WHERE visible_entry.participant_id = new.id AND tag.state = 'tagged'
    GROUP BY tag.thing
    ON CONFLICT (thing, participant_id) DO UPDATE SET posts = excluded.posts;
    INSERT INTO topic_tally
    SELECT entry_topic.thing, entry_topic.topic, count(*)
    FROM visible_entry CROSS JOIN entry_topic ON entry_topic.entry_id = visible_entry.id
    WHERE visible_entry.participant_id = new.id
    GROUP BY entry_topic.thing, entry_topic.topic
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + excluded.posts;
END;

-- What is there already; the topics follow when feeds.toml is next read.
INSERT INTO thing_person
SELECT tag.thing, visible_entry.participant_id, count(*)
FROM visible_entry CROSS JOIN tag ON tag.entry_id = visible_entry.id
WHERE tag.state = 'tagged'
GROUP BY tag.thing, visible_entry.participant_id;

-- The roster is taken over once more, and its topics with it.
UPDATE planet SET roster = NULL;
