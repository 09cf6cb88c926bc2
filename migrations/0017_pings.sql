-- Our hub is told of each form of a feed by its own address; what it was told so far was told of both.
INSERT INTO hub_ping (path, shown, due_at, tries) SELECT path || '.json', shown, due_at, tries FROM hub_ping;
UPDATE hub_ping SET path = path || '.atom' WHERE path NOT LIKE '%.json';
