//! Blogs on https: which certificates are believed, and what is said of the others.

use rusqlite::Connection;

use crate::harness::{Authority, Feed, Folder, html, run, run_trusting, serve_securely};

const COURSE: &str = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
                      [[thing]]\nnumber = 6\ntitle = \"Online networks\"\n";

/// No certificate of ours ends before.
const FAR: i32 = 4_000;

/// A folder with a course of these people, each with their feed, and with the certificate of who is trusted.
fn folder(people: &[(&str, String)], trusted: &Authority) -> Folder {
    let people = people
        .iter()
        .map(|(name, feed)| format!("[[participant]]\nname = \"{name}\"\nfeed = \"{feed}\"\n"));
    let folder = Folder::new();
    folder.write(
        "feeds.toml",
        &format!("{COURSE}{}", people.collect::<String>()),
    );
    folder.write("trusted.pem", &trusted.pem);
    folder
}

fn posts(name: &str) -> Feed {
    Feed::atom(name).post("Thing 6", "2011-07-20")
}

#[tokio::test]
async fn a_blog_on_https_is_read_where_the_machine_trusts_who_signed_its_certificate() {
    let trusted = Authority::called("Somebody");
    let ann = serve_securely(trusted.server("127.0.0.1", FAR), &posts("ann")).await;
    let folder = folder(&[("Ann", ann)], &trusted);
    let ran = run_trusting(folder.path(), &["poll"], &folder.file("trusted.pem")).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.starts_with("1 blog: 1 new post"), "{ran:?}");
}

#[tokio::test]
async fn frb136_a_certificate_that_is_not_to_be_believed_is_told_with_its_fault_and_what_to_do() {
    let trusted = Authority::called("Somebody");
    let nobody = "signed by nobody this machine trusts: ask the blogger to have it renewed";
    let by = |name| Authority::called(name).server("127.0.0.1", FAR);
    let blogs = [
        ("Stranger", by("Nobody"), nobody),
        ("Impostor", by("Somebody"), nobody),
        ("Alone", Authority::itself("127.0.0.1"), nobody),
        (
            "Late",
            trusted.server("127.0.0.1", 2_001),
            "certificate is out of date: ask the blogger to renew it",
        ),
        (
            "Other",
            trusted.server("blog.example", FAR),
            "certificate is for another address: check the address in feeds.toml",
        ),
    ];
    let (mut people, mut told) = (Vec::new(), Vec::new());
    for (name, server, cause) in blogs {
        people.push((name, serve_securely(server, &posts(name)).await));
        told.push((name, cause));
    }
    let folder = folder(&people, &trusted);
    let ran = run_trusting(folder.path(), &["poll"], &folder.file("trusted.pem")).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.starts_with("5 blogs: 0 new posts"), "{ran:?}");

    let built = run(folder.path(), &["build", "--out", "site"]).await;
    assert_eq!(built.code, Some(0), "{built:?}");
    let status = std::fs::read_to_string(folder.file("site/status/index.html")).unwrap();
    let status = html::words(&status);
    let database = Connection::open(folder.file("planet.db")).unwrap();
    for (name, cause) in told {
        assert!(ran.stdout.contains(cause), "{name}: {ran:?}");
        assert!(status.contains(cause), "{name}: {status}");
        let sql = "SELECT failure_cause FROM feed JOIN participant ON participant.id = participant_id WHERE name = ?1";
        let kept = database.query_row(sql, [name], |row| row.get::<_, String>(0));
        assert!(kept.unwrap().contains(cause), "{name}");
    }
}
