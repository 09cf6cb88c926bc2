//! JSON Feed as people write it → JSON Feed as feed-rs reads it (jsonfeed.org/version/1.1).
//!
//! feed-rs loses the whole feed over one number in the place of a text, so every field gets the type it should have.

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::hints::Advice;
use super::people::{self, NAME_MAX, PEOPLE_MAX};
use super::repair::ENTRIES_MAX;

/// The same document with every field in its proper type, and what feed-rs would lose of it; nothing when it is no
/// JSON object.
pub(super) fn loosen(text: &str) -> Option<(String, Advice)> {
    let Value::Object(mut feed) = serde_json::from_str(text).ok()? else {
        return None;
    };
    let known = feed
        .get("version")
        .and_then(Value::as_str)
        .is_some_and(|version| version.contains("jsonfeed.org/version/1"));
    let items = match feed.remove("items") {
        // Plenty of JSON has items; without a version, one of them must look like a post.
        Some(Value::Array(items)) if known || items.iter().any(is_post) => items,
        _ if known => Vec::new(),
        _ => return None,
    };
    let advice = advice(&mut feed);
    texts(&mut feed);
    people(&mut feed);
    feed.insert(
        "version".to_owned(),
        json!("https://jsonfeed.org/version/1.1"),
    );
    feed.entry("title").or_insert(json!(""));
    feed.insert(
        "items".to_owned(),
        items
            .into_iter()
            .filter_map(item)
            .take(ENTRIES_MAX)
            .collect(),
    );
    Some((Value::Object(feed).to_string(), advice))
}

/// Hubs that speak `WebSub`, and the next page; none of them is left for feed-rs.
fn advice(feed: &mut Map<String, Value>) -> Advice {
    let hubs = match feed.remove("hubs") {
        Some(Value::Array(hubs)) => hubs,
        _ => Vec::new(),
    };
    let speaks = |hub: &&Value| {
        let kind = hub.get("type").and_then(Value::as_str).unwrap_or_default();
        kind.eq_ignore_ascii_case("WebSub")
    };
    let address = |hub: &Value| hub.get("url").and_then(Value::as_str).map(str::to_owned);
    let mut advice = Advice::default();
    advice.hubs = hubs.iter().filter(speaks).filter_map(address).collect();
    advice.next_page = feed.remove("next_url").as_ref().and_then(text_of);
    advice
}

/// Why a document is no feed, in words for whoever wrote it.
pub(super) fn fault(text: &str) -> String {
    if !text.trim_start().starts_with(['{', '[']) {
        return "no feed begins in it".to_owned();
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => "it is JSON, but no JSON Feed: that has a `version` and `items`".to_owned(),
        Err(error) => format!(
            "it begins like a JSON Feed, but breaks the rules of JSON at line {}, column {}",
            error.line(),
            error.column()
        ),
    }
}

fn is_post(item: &Value) -> bool {
    ["id", "url", "content_html", "content_text"]
        .iter()
        .any(|name| item.get(name).and_then(text_of).is_some())
}

fn item(item: Value) -> Option<Value> {
    let Value::Object(mut item) = item else {
        return None;
    };
    texts(&mut item);
    people(&mut item);
    let tags = match item.remove("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(text_of).collect(),
        Some(Value::String(tags)) => tags.split(',').map(|tag| tag.trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    item.insert("tags".to_owned(), json!(tags));
    // An attachment without a type is no feed's loss.
    item.remove("attachments");
    Some(Value::Object(item))
}

/// Every field that should be text becomes text or goes.
fn texts(object: &mut Map<String, Value>) {
    const TEXTS: [&str; 16] = [
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "date_published",
        "date_modified",
        "home_page_url",
        "feed_url",
        "language",
        "description",
        "icon",
        "favicon",
        "name",
    ];
    for name in TEXTS {
        let Some(value) = object.remove(name) else {
            continue;
        };
        if let Some(text) = text_of(&value) {
            object.insert(name.to_owned(), Value::String(text));
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `author` is an object in version 1 and `authors` a list in 1.1; a bare name counts as well.
fn people(object: &mut Map<String, Value>) {
    let listed = match object.remove("authors") {
        Some(Value::Array(people)) => people,
        Some(person) => vec![person],
        None => Vec::new(),
    };
    let people: Vec<Value> = object
        .remove("author")
        .into_iter()
        .chain(listed)
        .filter_map(person)
        .take(PEOPLE_MAX)
        .collect();
    object.insert("authors".to_owned(), Value::Array(people));
}

fn person(person: Value) -> Option<Value> {
    match person {
        Value::String(name) => Some(json!({ "name": readable(&name) })),
        Value::Object(mut person) => {
            texts(&mut person);
            if let Some(Value::String(name)) = person.get_mut("name") {
                *name = readable(name);
            }
            Some(Value::Object(person))
        }
        _ => None,
    }
}

fn readable(name: &str) -> String {
    let name: String = name.chars().take(NAME_MAX).collect();
    people::spaced(&name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::loosen;

    #[test]
    fn wrong_types_are_put_right_and_nothing_is_lost() {
        let loose = r#"{"version":"http://jsonfeed.org/version/1","author":{"name":"A"},
            "items":[{"id":7,"tags":"one, two","attachments":[{}],"title":null,"content_text":"x"}, null]}"#;
        let feed: serde_json::Value = serde_json::from_str(&loosen(loose).unwrap().0).unwrap();
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(feed["authors"][0]["name"], "A");
        let items = feed["items"].as_array().unwrap();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["id"], "7");
        assert_eq!(items[0]["tags"], serde_json::json!(["one", "two"]));
        assert_eq!(items[0].get("title"), None);
    }

    #[test]
    fn what_is_wrong_with_json_is_told_with_its_place() {
        assert!(super::fault("{\n \"a\": 1,\n}").ends_with("at line 3, column 1"));
        assert!(super::fault("{}").contains("no JSON Feed"));
        assert_eq!(super::fault("words"), "no feed begins in it");
    }

    #[test]
    fn json_that_is_no_feed_stays_what_it_is() {
        assert!(loosen("[]").is_none());
        assert!(loosen("null").is_none());
        assert!(loosen(r#"{"hello": "world"}"#).is_none());
        assert!(loosen(r#"{"error": "rate limited", "items": []}"#).is_none());
        assert!(loosen(r#"{"items": [{"sku": 7}, 8]}"#).is_none());
        assert!(loosen(r#"{"items": [{"id": 7}]}"#).is_some());
    }
}
