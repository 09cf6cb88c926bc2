-- Whether a hub is relied upon is decided when feeds are chosen, so the ordinary time of each stays as it is.

-- When the last poll began that was answered well: what a hub told since may have come too late for it.
ALTER TABLE feed ADD COLUMN ok_began_at INTEGER;
-- When a feed is polled at the latest whose hub is relied upon; absent where the last poll was none that a hub makes needless.
ALTER TABLE feed ADD COLUMN fallback_at INTEGER;

-- How far a hub is relied upon says when its feed is polled next, which is shown.
CREATE TRIGGER hub_heard AFTER UPDATE ON subscription
WHEN old.lease_until IS NOT new.lease_until OR old.delivered_at IS NOT new.delivered_at OR old.missed <> new.missed
    OR old.ended <> new.ended
BEGIN
    UPDATE generation SET polls = polls + 1;
END;
