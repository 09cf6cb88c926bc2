-- How long a feed's last good answer called itself fresh: in trouble it is not asked more often than that either.
ALTER TABLE feed ADD COLUMN fresh_seconds INTEGER;
