//! Who takes part in the demo: made-up people on a real course, each with the feed that their blog serves.
//!
//! In the feed files `{{blogs}}` stands for the demo server's own address.

/// One blog of the demo.
pub(super) struct Blog {
    /// The first part of every path of the blog.
    pub(super) slug: &'static str,
    /// The participant.
    pub(super) name: &'static str,
    /// The blog's title.
    pub(super) title: &'static str,
    /// The path at which the feed is served.
    pub(super) feed_path: &'static str,
    /// Whether feeds.toml names the feed; else the blog, so that the feed has to be found.
    pub(super) names_feed: bool,
    /// The participant's groups.
    pub(super) groups: &'static [&'static str],
    /// The feed and its media type; nothing for a blog that answers 404.
    pub(super) feed: Option<(&'static str, &'static str)>,
}

/// Everybody, in the roster's order.
pub(super) const BLOGS: [Blog; 14] = [
    Blog {
        slug: "foxed-and-faded",
        name: "Marguerite Okonjo-Pell",
        title: "Foxed and Faded",
        feed_path: "/foxed-and-faded/feeds/posts/default",
        names_feed: true,
        groups: &["UK", "academic", "special collections"],
        feed: Some((
            include_str!("blogs/foxed-and-faded.atom"),
            "application/atom+xml",
        )),
    },
    Blog {
        slug: "eaten-the-large-print",
        name: "Tamsin Underhay",
        title: "Somebody Has Eaten the Large Print",
        feed_path: "/eaten-the-large-print/feeds/posts/default",
        names_feed: false,
        groups: &["UK", "public"],
        feed: Some((
            include_str!("blogs/eaten-the-large-print.atom"),
            "application/atom+xml",
        )),
    },
    Blog {
        slug: "marque-page-egare",
        name: "Apolline Grandvoisin",
        title: "Le marque-page égaré",
        feed_path: "/marque-page-egare/feeds/posts/default",
        names_feed: true,
        groups: &["France", "academic"],
        feed: Some((
            include_str!("blogs/marque-page-egare.atom"),
            "application/atom+xml",
        )),
    },
    Blog {
        slug: "evidence-based-biscuits",
        name: "Barnaby Quillfeather",
        title: "Evidence-Based Biscuits",
        feed_path: "/evidence-based-biscuits/feeds/posts/default",
        names_feed: false,
        groups: &["UK", "health"],
        feed: Some((
            include_str!("blogs/evidence-based-biscuits.atom"),
            "application/atom+xml",
        )),
    },
    Blog {
        slug: "statute-book-sandwich",
        name: "Ngaire Hollowood",
        title: "The Statute Book Sandwich",
        feed_path: "/statute-book-sandwich/feed/",
        names_feed: true,
        groups: &["New Zealand", "law", "solo"],
        feed: Some((
            include_str!("blogs/statute-book-sandwich.rss"),
            "application/rss+xml",
        )),
    },
    Blog {
        slug: "date-due-rent-overdue",
        name: "Priyanka Vellore-Smythe",
        title: "Date Due, Rent Overdue",
        feed_path: "/date-due-rent-overdue/feed/",
        names_feed: false,
        groups: &["UK", "academic", "trainee"],
        feed: Some((
            include_str!("blogs/date-due-rent-overdue.rss"),
            "application/rss+xml",
        )),
    },
    Blog {
        slug: "dont-lick-the-atlases",
        name: "Cordelia Marchbanks",
        title: "Please Don’t Lick the Atlases",
        feed_path: "/dont-lick-the-atlases/feed/",
        names_feed: true,
        groups: &["UK", "schools"],
        feed: Some((
            include_str!("blogs/dont-lick-the-atlases.rss"),
            "application/rss+xml",
        )),
    },
    Blog {
        slug: "corn-cats-card-catalogs",
        name: "Otis Fernwhistle",
        title: "Corn, Cats & Card Catalogs",
        feed_path: "/corn-cats-card-catalogs/feed/",
        names_feed: false,
        groups: &["US", "public", "rural"],
        feed: Some((
            include_str!("blogs/corn-cats-card-catalogs.rss"),
            "application/rss+xml",
        )),
    },
    Blog {
        slug: "acid-free-feelings",
        name: "Juniper Castellane",
        title: "acid-free feelings",
        feed_path: "/acid-free-feelings/rss",
        names_feed: false,
        groups: &["US", "archives"],
        feed: Some((
            include_str!("blogs/acid-free-feelings.rss"),
            "application/rss+xml",
        )),
    },
    Blog {
        slug: "library-van-is-stuck",
        name: "Fergus Macquoidie",
        title: "The Library Van Is Stuck Again",
        feed_path: "/library-van-is-stuck/rss",
        names_feed: true,
        groups: &["UK", "public", "Scotland"],
        feed: Some((
            include_str!("blogs/library-van-is-stuck.rss"),
            "application/rss+xml",
        )),
    },
    Blog {
        slug: "better-late-than-shelved",
        name: "Saoirse Dunlavin",
        title: "Better Late Than Shelved",
        feed_path: "/better-late-than-shelved/feed.json",
        names_feed: false,
        groups: &["Ireland", "prisons", "2012"],
        feed: Some((
            include_str!("blogs/better-late-than-shelved.json"),
            "application/feed+json",
        )),
    },
    Blog {
        slug: "bottom-drawer",
        name: "Horatio Lindquist-Peel",
        title: "The Bottom Drawer",
        feed_path: "/bottom-drawer/rss.xml",
        names_feed: false,
        groups: &["UK", "academic", "maps"],
        feed: Some((include_str!("blogs/bottom-drawer.rss"), "text/xml")),
    },
    Blog {
        slug: "first-draft",
        name: "Wilfred Ampleby",
        title: "First Draft",
        feed_path: "/first-draft/feed/",
        names_feed: false,
        groups: &["UK", "public"],
        feed: Some((include_str!("blogs/first-draft.rss"), "application/rss+xml")),
    },
    Blog {
        slug: "under-construction",
        name: "Dorcas Tillingfold",
        title: "Under Construction",
        feed_path: "/under-construction/feed/",
        names_feed: true,
        groups: &["UK", "further education"],
        feed: None,
    },
];
