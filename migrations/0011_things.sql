-- Which of a Thing's topics its posts mention is kept, not counted. All of it is derived. The triggers keep it true whoever
-- writes, by the one definition of "visible".

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

CREATE TRIGGER entry_topic_came AFTER INSERT ON entry_topic
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = new.entry_id) BEGIN
    INSERT INTO topic_tally VALUES (new.thing, new.topic, 1)
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER entry_topic_goes BEFORE DELETE ON entry_topic
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = old.entry_id) BEGIN
    UPDATE topic_tally SET posts = posts - 1 WHERE thing = old.thing AND topic = old.topic;
END;

-- An entry is retired, found to be a copy, or brought back: it goes as it was and comes as it is.
CREATE TRIGGER entry_goes BEFORE UPDATE OF retired_at, twin_of, participant_id ON entry
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = old.id) BEGIN
    UPDATE topic_tally SET posts = posts - 1
    WHERE (thing, topic) IN (SELECT thing, topic FROM entry_topic WHERE entry_id = old.id);
END;

CREATE TRIGGER entry_came AFTER UPDATE OF retired_at, twin_of, participant_id ON entry
WHEN EXISTS (SELECT 1 FROM visible_entry WHERE id = new.id) BEGIN
    INSERT INTO topic_tally SELECT thing, topic, 1 FROM entry_topic WHERE entry_id = new.id
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER entry_is_deleted BEFORE DELETE ON entry BEGIN
    DELETE FROM entry_topic WHERE entry_id = old.id;
END;

-- A participant leaves the roster and returns.
CREATE TRIGGER participant_goes BEFORE UPDATE OF listed ON participant WHEN old.listed = 1 AND new.listed = 0 BEGIN
    INSERT INTO topic_tally
    SELECT entry_topic.thing, entry_topic.topic, -count(*)
    FROM visible_entry CROSS JOIN entry_topic ON entry_topic.entry_id = visible_entry.id
    WHERE visible_entry.participant_id = old.id
    GROUP BY entry_topic.thing, entry_topic.topic
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + excluded.posts;
END;

CREATE TRIGGER participant_came AFTER UPDATE OF listed ON participant WHEN old.listed = 0 AND new.listed = 1 BEGIN
    INSERT INTO topic_tally
    SELECT entry_topic.thing, entry_topic.topic, count(*)
    FROM visible_entry CROSS JOIN entry_topic ON entry_topic.entry_id = visible_entry.id
    WHERE visible_entry.participant_id = new.id
    GROUP BY entry_topic.thing, entry_topic.topic
    ON CONFLICT (thing, topic) DO UPDATE SET posts = posts + excluded.posts;
END;

-- The topics of what is there already follow the roster, which is taken over once more.
UPDATE planet SET roster = NULL;
