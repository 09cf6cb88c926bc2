-- Two counters by which the server knows whether a page that it keeps in memory still holds, whoever wrote. `shown` goes up
-- with whatever pages and feeds show, `polls` with what they only tell of polling: when a blog was asked, and when it is next.

CREATE TABLE generation (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    shown INTEGER NOT NULL,
    polls INTEGER NOT NULL
) STRICT;

INSERT INTO generation (id, shown, polls) VALUES (1, 0, 0);

CREATE TRIGGER participant_added_is_shown AFTER INSERT ON participant BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER participant_changed_is_shown AFTER UPDATE ON participant BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER participant_removed_is_shown AFTER DELETE ON participant BEGIN
    UPDATE generation SET shown = shown + 1;
END;

CREATE TRIGGER feed_added_is_shown AFTER INSERT ON feed BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER feed_removed_is_shown AFTER DELETE ON feed BEGIN
    UPDATE generation SET shown = shown + 1;
END;
-- A feed that answers as before changes only when it was asked. Its first answer, and how it fares, stand on many pages.
CREATE TRIGGER feed_asked AFTER UPDATE ON feed BEGIN
    UPDATE generation SET polls = polls + 1;
END;
CREATE TRIGGER feed_changed_is_shown AFTER UPDATE ON feed
WHEN old.participant_id <> new.participant_id OR old.listed <> new.listed OR old.address <> new.address
    OR old.feed_url IS NOT new.feed_url OR old.site_url IS NOT new.site_url OR old.moved_url IS NOT new.moved_url
    OR old.title <> new.title OR old.problems <> new.problems OR old.gone <> new.gone
    OR old.failing_since IS NOT new.failing_since OR old.failure_cause IS NOT new.failure_cause
    OR old.failure_kind IS NOT new.failure_kind OR old.held_until IS NOT new.held_until
    OR old.flood_at IS NOT new.flood_at OR (old.polled_at IS NULL) <> (new.polled_at IS NULL)
    OR (old.ok_at IS NULL) <> (new.ok_at IS NULL)
BEGIN
    UPDATE generation SET shown = shown + 1;
END;

CREATE TRIGGER entry_added_is_shown AFTER INSERT ON entry BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER entry_changed_is_shown AFTER UPDATE ON entry BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER entry_removed_is_shown AFTER DELETE ON entry BEGIN
    UPDATE generation SET shown = shown + 1;
END;

CREATE TRIGGER entry_reading_added_is_shown AFTER INSERT ON entry_reading WHEN new.problems <> '' BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER entry_reading_changed_is_shown AFTER UPDATE ON entry_reading WHEN new.problems <> old.problems BEGIN
    UPDATE generation SET shown = shown + 1;
END;

CREATE TRIGGER tag_added_is_shown AFTER INSERT ON tag BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER tag_changed_is_shown AFTER UPDATE ON tag BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER tag_removed_is_shown AFTER DELETE ON tag BEGIN
    UPDATE generation SET shown = shown + 1;
END;

CREATE TRIGGER decision_added_is_shown AFTER INSERT ON decision BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER decision_changed_is_shown AFTER UPDATE ON decision BEGIN
    UPDATE generation SET shown = shown + 1;
END;
CREATE TRIGGER decision_removed_is_shown AFTER DELETE ON decision BEGIN
    UPDATE generation SET shown = shown + 1;
END;

-- Whose roster, which rules, whether anybody can be reached, and what the feeds say of their own last change.
CREATE TRIGGER planet_changed_is_shown AFTER UPDATE ON planet BEGIN
    UPDATE generation SET shown = shown + 1;
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
CREATE TRIGGER feed_move_noted AFTER INSERT ON feed_move BEGIN
    UPDATE generation SET polls = polls + 1;
END;

-- A post can be found from now on; what was looked for before may have missed it.
CREATE TRIGGER post_can_be_found AFTER DELETE ON search_queue BEGIN
    UPDATE generation SET polls = polls + 1;
END;
