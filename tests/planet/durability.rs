//! kill -9 in the middle of a poll: nothing is half there, nothing is there twice, and the next poll goes on.

use rusqlite::Connection;

use crate::harness::{Answer, Blogosphere, Feed, Folder, run, start};

const HOSTS: u8 = 6;
const FEEDS: usize = 30;
const ENTRIES: usize = 30;
const KILLS: usize = 20;

/// A feed whose posts all name the edition, so that a database tells which one it holds.
fn feed(number: usize, edition: usize) -> String {
    let mut feed = Feed::atom(&format!("blog{number}"));
    for entry in 1..=ENTRIES {
        let title = format!("Thing {}, edition {edition}", 1 + entry % 23);
        feed = feed.post(&title, &format!("2011-07-{entry:02}"));
    }
    feed.xml()
}

fn publish(blogs: &Blogosphere, edition: usize) {
    for number in 0..FEEDS {
        blogs.answers(&path(number), [Answer::feed(feed(number, edition))]);
    }
}

fn path(number: usize) -> String {
    format!("/blog{number}/feed")
}

fn write_roster(folder: &Folder, blogs: &Blogosphere) {
    let course =
        "[course]\nname = \"Kill\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n";
    let thing = |number| format!("[[thing]]\nnumber = {number}\ntitle = \"Title {number}\"\n");
    let participant = |number| {
        let url = blogs.url_on(number % usize::from(HOSTS), &path(number));
        format!("[[participant]]\nname = \"Blogger {number}\"\nfeed = \"{url}\"\n")
    };
    let things: String = (1..=23).map(thing).collect();
    let people: String = (0..FEEDS).map(participant).collect();
    folder.write("feeds.toml", &format!("{course}{things}{people}"));
}

/// Numbers that look random and are the same every time (Steele and Vigna, "splitmix64").
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}

/// How many feeds hold the whole of which edition; everything else about the database is asserted.
fn examine(folder: &Folder) -> Vec<String> {
    let database = Connection::open(folder.file("planet.db")).unwrap();
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(texts("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(
        texts("SELECT \"table\" FROM pragma_foreign_key_check"),
        [""; 0]
    );
    let twice = "SELECT guid FROM entry GROUP BY feed_id, guid HAVING count(*) > 1";
    assert_eq!(texts(twice), [""; 0]);
    let per_feed = texts(
        "SELECT count(*) || ' of' || group_concat(DISTINCT substr(title, instr(title, ', edition') + 9))
         FROM entry GROUP BY feed_id",
    );
    for kept in &per_feed {
        let whole = kept.strip_prefix(&format!("{ENTRIES} of "));
        assert!(
            whole.is_some_and(|edition| !edition.contains(',')),
            "half a feed: {kept}"
        );
    }
    let tagged =
        texts("SELECT count(*) || '' FROM entry WHERE id NOT IN (SELECT entry_id FROM tag)");
    assert_eq!(tagged, ["0"], "an entry and its tags come together");
    database
        .execute_batch(
            "INSERT INTO entry_search (rowid, title, text) SELECT id, title, text FROM entry WHERE id IN search_queue;
             DELETE FROM search_queue",
        )
        .unwrap();
    let unsearchable =
        "INSERT INTO entry_search (entry_search, rank) VALUES ('integrity-check', 1)";
    database.execute(unsearchable, []).unwrap();
    per_feed
}

/// Shows A2.
#[tokio::test]
async fn twenty_kills_in_the_middle_of_a_poll_lose_nothing_and_double_nothing() {
    let folder = Folder::new();
    let blogs = Blogosphere::on_hosts(HOSTS).await;
    write_roster(&folder, &blogs);
    let mut dice = Dice(23);
    let mut caught_in_the_act = 0;
    for edition in 1..=KILLS {
        publish(&blogs, edition);
        let killing = blogs.at_request(2 + dice.below(FEEDS - 2));
        let mut child = start(folder.path(), &["poll"]);
        killing.await.unwrap();
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        assert_eq!(
            ended.code(),
            None,
            "it was killed, and did not end by itself"
        );

        let kept = examine(&folder);
        let newest = format!("{ENTRIES} of {edition}");
        let written = kept.iter().filter(|kept| **kept == newest).count();
        caught_in_the_act += usize::from(written > 0 && written < FEEDS);
    }
    assert!(
        caught_in_the_act > KILLS / 2,
        "only {caught_in_the_act} kills came between two writes"
    );

    publish(&blogs, KILLS + 1);
    let last = run(folder.path(), &["poll"]).await;
    assert_eq!(last.code, Some(0), "{}", last.stderr);
    let whole = vec![format!("{ENTRIES} of {}", KILLS + 1); FEEDS];
    assert_eq!(examine(&folder), whole);
    let again = run(folder.path(), &["poll"]).await;
    assert!(
        again.stdout.contains("30 blogs: 0 new posts, 0 changed"),
        "{}",
        again.stdout
    );
}
