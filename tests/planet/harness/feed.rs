//! Feeds written in code, for tests that say what is in them.

use std::fmt::Write as _;

use quick_xml::escape::escape;

/// An Atom feed in the making. Posts are numbered in the order in which they are added; the number is their identity.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    blog: String,
    posts: Vec<Post>,
}

#[derive(Debug, Clone)]
struct Post {
    title: String,
    published: String,
    updated: String,
    labels: Vec<String>,
    text: String,
}

impl Feed {
    /// The feed of the blog at `https://BLOG.example/`, still without posts.
    pub(crate) fn atom(blog: &str) -> Self {
        Self {
            blog: blog.to_owned(),
            posts: Vec::new(),
        }
    }

    /// One more post, published at noon of a day: `2011-07-20`.
    pub(crate) fn post(mut self, title: &str, day: &str) -> Self {
        let noon = format!("{day}T12:00:00Z");
        self.posts.push(Post {
            title: title.to_owned(),
            updated: noon.clone(),
            published: noon,
            labels: Vec::new(),
            text: format!("<p>What I did on {day}.</p>"),
        });
        self
    }

    /// The last post has this text, in HTML.
    pub(crate) fn saying(mut self, html: &str) -> Self {
        html.clone_into(&mut self.last().text);
        self
    }

    /// The last post has one more label.
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        self.last().labels.push(label.to_owned());
        self
    }

    /// The last post says that it was changed at noon of a day.
    pub(crate) fn changed(mut self, day: &str) -> Self {
        self.last().updated = format!("{day}T12:00:00Z");
        self
    }

    /// The address of the post with this number, from 1.
    pub(crate) fn address(&self, number: usize) -> String {
        format!("https://{}.example/{number}", self.blog)
    }

    /// The identity of the post with this number, from 1.
    pub(crate) fn id(&self, number: usize) -> String {
        format!("tag:{}.example,2011:{number}", self.blog)
    }

    /// The document, the newest post first as blogs write it.
    pub(crate) fn xml(&self) -> String {
        let blog = &self.blog;
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
             <id>tag:{blog}.example,2011:blog</id><title>The blog of {blog}</title>\n\
             <link rel=\"alternate\" href=\"https://{blog}.example/\"/><updated>2011-06-20T00:00:00Z</updated>\n"
        );
        for (number, post) in (1..).zip(&self.posts).collect::<Vec<_>>().into_iter().rev() {
            xml.push_str(&post.xml(&self.id(number), &self.address(number)));
        }
        xml + "</feed>\n"
    }

    fn last(&mut self) -> &mut Post {
        self.posts.last_mut().unwrap()
    }
}

impl Post {
    fn xml(&self, id: &str, address: &str) -> String {
        let mut xml = format!(
            "<entry><id>{id}</id><title>{}</title><link rel=\"alternate\" href=\"{address}\"/>\
             <published>{}</published><updated>{}</updated>",
            escape(&self.title),
            self.published,
            self.updated
        );
        for label in &self.labels {
            write!(xml, "<category term=\"{}\"/>", escape(label)).unwrap();
        }
        writeln!(
            xml,
            "<content type=\"html\">{}</content></entry>",
            escape(&self.text)
        )
        .unwrap();
        xml
    }
}
