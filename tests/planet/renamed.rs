//! Who gets another name is found by the former one.

use thingplanet::model::slug_of;

use crate::harness::{Blogosphere, Feed, Planet};

/// A planet with Ann and Bob.
async fn with_two() -> Planet {
    let mut planet = Planet::start().await;
    for name in ["Ann", "Bob"] {
        let address = format!("https://{}.example.com/feed", name.to_lowercase());
        planet.register(name, &address).await;
    }
    planet
}

/// Gives somebody another name in feeds.toml.
async fn rename(planet: &mut Planet, from: &str, to: &str) {
    let participants = &mut planet.roster.participants;
    let one = participants.iter_mut().find(|it| it.name == from).unwrap();
    (one.name, one.slug) = (to.to_owned(), slug_of(to));
    planet.take_over().await;
}

/// What a path answers: its status, and where it leads.
async fn answer(planet: &Planet, path: &str) -> (u16, Option<String>) {
    let answered = planet.get(path).await;
    let location = answered.header("location").map(str::to_owned);
    (answered.status, location)
}

fn leads_to(path: &str) -> (u16, Option<String>) {
    (301, Some(path.to_owned()))
}

#[tokio::test]
async fn every_address_of_a_former_name_leads_to_that_of_the_new_one() {
    let mut planet = with_two().await;
    assert_eq!(answer(&planet, "/participants/ann").await.0, 200);
    rename(&mut planet, "Ann", "Siân O’Brien").await;
    for rest in [
        "",
        "/why",
        "/feed.atom",
        "/feed.json",
        "/feed.atom?before=1311246000000-7",
        "?before=1311246000000-7",
    ] {
        let new = format!("/participants/si%C3%A2n-obrien{rest}");
        let found = answer(&planet, &format!("/participants/ann{rest}")).await;
        assert_eq!(found, leads_to(&new));
        assert_eq!(answer(&planet, &new).await, (200, None), "{new}");
    }
    let redirect = planet.get("/participants/ann").await;
    assert_eq!(redirect.header("cache-control"), Some("no-cache"));
    for path in [
        "/participants/nobody",
        "/participants/ann/nothing",
        "/participants/%00",
        "/participants/a%2F..%2Fann",
    ] {
        assert_eq!(answer(&planet, path).await, (404, None), "{path}");
    }
}

#[tokio::test]
async fn a_former_name_leads_below_the_path_of_the_planet() {
    let mut planet = with_two().await;
    planet.roster.planet.base_url = "https://example.org/planet".to_owned();
    rename(&mut planet, "Ann", "Cem").await;
    let found = answer(&planet, "/participants/ann").await;
    assert_eq!(found, leads_to("/planet/participants/cem"));
}

#[tokio::test]
async fn a_second_new_name_is_found_by_both_former_ones() {
    let mut planet = with_two().await;
    rename(&mut planet, "Ann", "Cem").await;
    rename(&mut planet, "Cem", "Dee").await;
    for former in ["ann", "cem"] {
        let found = answer(&planet, &format!("/participants/{former}")).await;
        assert_eq!(found, leads_to("/participants/dee"));
    }
    // And back again.
    rename(&mut planet, "Dee", "Ann").await;
    assert_eq!(answer(&planet, "/participants/ann").await, (200, None));
    for former in ["cem", "dee"] {
        let found = answer(&planet, &format!("/participants/{former}")).await;
        assert_eq!(found, leads_to("/participants/ann"));
    }
}

#[tokio::test]
async fn a_former_name_that_somebody_else_takes_is_theirs_for_good() {
    let mut planet = with_two().await;
    rename(&mut planet, "Ann", "Cem").await;
    rename(&mut planet, "Bob", "Ann").await;
    assert_eq!(answer(&planet, "/participants/ann").await, (200, None));
    assert_eq!(
        answer(&planet, "/participants/bob").await,
        leads_to("/participants/ann")
    );
    planet.unregister("Ann").await;
    for path in ["/participants/ann", "/participants/bob"] {
        assert_eq!(answer(&planet, path).await, (404, None), "{path}");
    }
}

#[tokio::test]
async fn names_that_are_exchanged_lead_nowhere_else() {
    let mut planet = with_two().await;
    for (at, name) in [(0, "Bob"), (1, "Ann")] {
        let one = &mut planet.roster.participants[at];
        (one.name, one.slug) = (name.to_owned(), slug_of(name));
    }
    planet.take_over().await;
    for path in ["/participants/ann", "/participants/bob"] {
        assert_eq!(answer(&planet, path).await, (200, None), "{path}");
    }
    assert_eq!(planet.ask_database("SELECT slug FROM former_slug"), [""; 0]);
}

#[tokio::test]
async fn the_former_names_of_who_is_removed_are_forgotten() {
    let mut planet = with_two().await;
    rename(&mut planet, "Ann", "Cem").await;
    let cem = planet.roster.participants[0].clone();
    planet.unregister("Cem").await;
    assert_eq!(answer(&planet, "/participants/ann").await, (404, None));
    assert_eq!(planet.ask_database("SELECT slug FROM former_slug"), [""; 0]);
    planet.roster.participants.push(cem);
    planet.take_over().await;
    assert_eq!(answer(&planet, "/participants/cem").await, (200, None));
    assert_eq!(answer(&planet, "/participants/ann").await, (404, None));
}

#[tokio::test]
async fn who_takes_the_name_of_somebody_who_left_is_found_by_all_of_their_own() {
    let mut planet = with_two().await;
    planet.unregister("Bob").await;
    rename(&mut planet, "Ann", "Cem").await;
    rename(&mut planet, "Cem", "Bob").await;
    assert_eq!(answer(&planet, "/participants/bob").await, (200, None));
    for former in ["ann", "cem"] {
        let found = answer(&planet, &format!("/participants/{former}")).await;
        assert_eq!(found, leads_to("/participants/bob"), "{former}");
    }
}

#[tokio::test]
async fn a_former_name_never_leads_to_a_stranger_who_took_the_present_one() {
    let mut planet = with_two().await;
    rename(&mut planet, "Ann", "Anna").await;
    // In one edit Anna becomes Bea, and another Anna joins.
    let one = &mut planet.roster.participants[0];
    (one.name, one.slug) = ("Bea".to_owned(), slug_of("Bea"));
    planet
        .register("Anna", "https://another-anna.example.com/feed")
        .await;
    let found = answer(&planet, "/participants/ann").await;
    assert_eq!(found, leads_to("/participants/bea"));
}

#[tokio::test]
async fn who_exchange_their_names_take_their_former_ones_along() {
    let mut planet = with_two().await;
    rename(&mut planet, "Ann", "Cem").await;
    // Ann, called Cem, is to be Bob, and Bob is to be Cem.
    for (one, name) in planet.roster.participants.iter_mut().zip(["Bob", "Cem"]) {
        (one.name, one.slug) = (name.to_owned(), slug_of(name));
    }
    planet.take_over().await;
    let found = answer(&planet, "/participants/ann").await;
    assert_eq!(found, leads_to("/participants/bob"));
}

#[tokio::test]
async fn who_left_does_not_lead_to_whoever_took_up_their_blog_of_long_ago() {
    let mut planet = with_two().await;
    let another = "https://new.ann.example.com/feed".parse().unwrap();
    planet.roster.participants[0].feed = Some(another);
    planet.take_over().await;
    planet.roster.participants.remove(0);
    planet.register("Dee", "https://ann.example.com/feed").await;
    assert_eq!(answer(&planet, "/participants/ann").await, (404, None));
}

#[tokio::test]
async fn a_feed_of_a_search_by_a_former_name_goes_on_by_the_present_one() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", &Feed::atom("ann").post("My garden", "2011-07-20"));
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.poll().await;
    rename(&mut planet, "Ann", "Cem").await;
    for path in ["/search", "/search.atom", "/search.json"] {
        let address = format!("{path}?q=garden&participant=ann");
        let found = planet.get(&address).await;
        // The page marks the words that were looked for.
        let found = found.text().replace("<mark>", "").replace("</mark>", "");
        assert!(found.contains("My garden"), "{path}");
    }
}

#[tokio::test]
async fn who_comes_back_to_their_name_does_not_get_the_former_ones_of_who_had_it_meanwhile() {
    let mut planet = with_two().await;
    rename(&mut planet, "Ann", "Anna").await;
    // Anna takes Bob's name, who is to be Cem; then she leaves, and he is Bob again.
    for (one, name) in planet.roster.participants.iter_mut().zip(["Bob", "Cem"]) {
        (one.name, one.slug) = (name.to_owned(), slug_of(name));
    }
    planet.take_over().await;
    let found = answer(&planet, "/participants/ann").await;
    assert_eq!(found, leads_to("/participants/bob"));
    planet.roster.participants.remove(0);
    rename(&mut planet, "Cem", "Bob").await;
    for path in ["/participants/ann", "/participants/anna"] {
        assert_eq!(answer(&planet, path).await, (404, None), "{path}");
    }
    let found = answer(&planet, "/participants/cem").await;
    assert_eq!(found, leads_to("/participants/bob"));
}
