//! Which attributes an element keeps, checked and written in a fixed order.
//!
//! It must not know where in the document the element stands, but for the parent of a `<source>`.

use url::Url;

use super::address;
use super::characters;
use super::elements::Element;
use super::tokens::{Tag, attribute};

/// What every link carries.
pub(super) const REL: &str = "noopener noreferrer nofollow ugc";
/// Longest value that is kept, in bytes.
const VALUE_BYTES_MAX: usize = address::ADDRESS_BYTES_MAX;
/// Largest width or height of a picture that is kept, in pixels.
const SIDE_MAX: u32 = 10_000;

/// The attributes of an element, each with a space before it; nothing where the element makes no sense with what is left.
pub(super) fn kept(
    element: Element,
    tag: &Tag<'_>,
    parent: &str,
    base: Option<&Url>,
) -> Option<String> {
    let mut kept = Kept {
        tag,
        base,
        out: String::new(),
    };
    let makes_sense = match element.name {
        "a" => kept.link(),
        "img" => kept.image(),
        "video" | "audio" => kept.media(element.name),
        "source" => kept.source(parent),
        _ => {
            kept.others(element.name);
            true
        }
    };
    kept.language();
    let makes_sense = makes_sense && (element.name != "span" || !kept.out.is_empty());
    makes_sense.then_some(kept.out)
}

/// The attributes of a link to this address.
pub(super) fn of_link(url: &Url) -> String {
    let mut out = String::new();
    push(&mut out, "href", url.as_str());
    push(&mut out, "rel", REL);
    out
}

struct Kept<'a> {
    tag: &'a Tag<'a>,
    base: Option<&'a Url>,
    out: String,
}

impl Kept<'_> {
    fn link(&mut self) -> bool {
        let Some(url) = self
            .value("href")
            .and_then(|href| address::target(href, self.base))
        else {
            return false;
        };
        self.out = of_link(&url);
        self.text("title");
        true
    }

    fn image(&mut self) -> bool {
        if self.is_tracker() {
            return false;
        }
        let has_source = self.picture() | self.srcset();
        self.text("alt");
        self.text("title");
        // Where a style made it large enough to be seen, which is not kept, these would hide it.
        if !is_pixel(self.stated("width"), self.stated("height")) {
            self.side("width");
            self.side("height");
        }
        push(&mut self.out, "loading", "lazy");
        push(&mut self.out, "referrerpolicy", "no-referrer");
        has_source
    }

    /// A picture that nobody can see, or of at most one pixel, is there to count readers.
    fn is_tracker(&self) -> bool {
        let style = self.value("style").map(Style::read).unwrap_or_default();
        let width = style.width.shown(self.stated("width"));
        let height = style.height.shown(self.stated("height"));
        style.hides || [width, height].contains(&Some(0)) || is_pixel(width, height)
    }

    fn stated(&self, name: &str) -> Option<u32> {
        self.value(name).and_then(pixels)
    }

    /// The address of a picture. Scripts that load pictures late keep it elsewhere until then.
    fn picture(&mut self) -> bool {
        let names = ["src", "data-src", "data-lazy-src", "data-original"];
        let url = names.iter().find_map(|name| {
            let value = self.value(name)?;
            address::picture(value, self.base)
        });
        if let Some(url) = &url {
            push(&mut self.out, "src", url.as_str());
        }
        url.is_some()
    }

    fn media(&mut self, name: &str) -> bool {
        self.web("src");
        if name == "video" {
            self.web("poster");
            self.side("width");
            self.side("height");
        }
        push(&mut self.out, "controls", "");
        push(&mut self.out, "preload", "none");
        true
    }

    fn source(&mut self, parent: &str) -> bool {
        let has_source = match parent {
            "video" | "audio" => self.web("src"),
            "picture" => self.srcset(),
            _ => false,
        };
        self.text("media");
        self.text("type");
        has_source
    }

    fn others(&mut self, name: &str) {
        match name {
            "blockquote" | "q" => {
                self.web("cite");
            }
            "del" | "ins" => {
                self.web("cite");
                self.text("datetime");
            }
            "time" => self.text("datetime"),
            "abbr" | "dfn" => self.text("title"),
            "ol" => self.number("start", -9_999, 9_999),
            "li" => self.number("value", -9_999, 9_999),
            "td" | "th" => {
                self.number("colspan", 2, 100);
                self.number("rowspan", 2, 100);
            }
            _ => {}
        }
    }

    fn language(&mut self) {
        let tag_like = |text: &&str| {
            (1..=35).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if let Some(lang) = self.value("lang").filter(tag_like).map(str::to_owned) {
            push(&mut self.out, "lang", &lang);
        }
        let direction = self.value("dir").map(str::to_ascii_lowercase);
        if let Some(dir @ ("ltr" | "rtl" | "auto")) = direction.as_deref() {
            push(&mut self.out, "dir", dir);
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        attribute(self.tag, name).filter(|value| value.len() <= VALUE_BYTES_MAX)
    }

    fn text(&mut self, name: &str) {
        if let Some(value) = self.value(name).map(str::to_owned) {
            push(&mut self.out, name, &value);
        }
    }

    fn web(&mut self, name: &str) -> bool {
        let url = self
            .value(name)
            .and_then(|value| address::web(value, self.base));
        if let Some(url) = &url {
            push(&mut self.out, name, url.as_str());
        }
        url.is_some()
    }

    fn srcset(&mut self) -> bool {
        let names = ["srcset", "data-srcset", "data-lazy-srcset"];
        let set = names.iter().find_map(|name| {
            let value = self.value(name)?;
            address::candidates(value, self.base)
        });
        if let Some(set) = &set {
            push(&mut self.out, "srcset", set);
            self.text("sizes");
        }
        set.is_some()
    }

    fn side(&mut self, name: &str) {
        if let Some(side) = self.value(name).and_then(pixels)
            && (1..=SIDE_MAX).contains(&side)
        {
            push(&mut self.out, name, &side.to_string());
        }
    }

    fn number(&mut self, name: &str, least: i32, most: i32) {
        if let Some(number) = self.value(name).and_then(|value| value.trim().parse().ok())
            && (least..=most).contains(&number)
        {
            push(&mut self.out, name, &number.to_string());
        }
    }
}

/// What a style says about the size of a picture.
#[derive(Default)]
struct Style {
    width: Side,
    height: Side,
    hides: bool,
}

/// What it says about one side, in pixels.
#[derive(Default)]
struct Side {
    length: Option<u32>,
    most: Option<u32>,
}

impl Side {
    /// How long it is shown, where the attribute states this.
    fn shown(&self, stated: Option<u32>) -> Option<u32> {
        let length = self.length.or(stated);
        // Of two that are there, the shorter.
        length.into_iter().chain(self.most).min()
    }
}

fn is_pixel(width: Option<u32>, height: Option<u32>) -> bool {
    width.is_some_and(|width| width <= 1) && height.is_some_and(|height| height <= 1)
}

impl Style {
    fn read(style: &str) -> Self {
        let mut read = Self::default();
        let style = style.to_ascii_lowercase();
        for (name, value) in style.split(';').filter_map(|rule| rule.split_once(':')) {
            let value = value.trim_end_matches("!important").trim();
            match name.trim() {
                "width" => read.width.length = pixels(value).or(read.width.length),
                "max-width" => read.width.most = pixels(value).or(read.width.most),
                "height" => read.height.length = pixels(value).or(read.height.length),
                "max-height" => read.height.most = pixels(value).or(read.height.most),
                "display" => read.hides |= value == "none",
                "visibility" => read.hides |= value == "hidden",
                _ => {}
            }
        }
        read
    }
}

/// `640` and `640px` are pixels; `50%` is not.
fn pixels(value: &str) -> Option<u32> {
    let value = value.trim();
    value.strip_suffix("px").unwrap_or(value).parse().ok()
}

fn push(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    characters::escape(value, out);
    out.push('"');
}
