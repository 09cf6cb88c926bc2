//! Blogs' front pages: of our own writing, modelled on what real platforms serve, and the feed that is right for each.
//!
//! A page is read as it would be at its address, and nothing is fetched. The expectations stood before the code did.

use thingplanet::plan::{self, NoFeed};
use thingplanet::sanitize;
use url::Url;

use crate::harness::fixture;

/// What is right for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    /// This feed.
    Feed(&'static str),
    /// It has none, and nothing should be made up.
    Nothing,
    /// It is kept from the public.
    Private,
}

use Right::{Feed, Nothing, Private};

/// Page, address, and what is right.
const FRONTS: [(&str, &str, Right); 88] = [
    (
        "blogger_layouts_2011",
        "http://returnstrolley.blogspot.com/",
        Feed("http://returnstrolley.blogspot.com/feeds/posts/default"),
    ),
    (
        "blogger_classic_template",
        "http://overduenotices.blogspot.com/",
        Feed("http://overduenotices.blogspot.com/feeds/posts/default"),
    ),
    (
        "blogger_dynamic_views",
        "https://spinelabel.blogspot.com/",
        Feed("https://spinelabel.blogspot.com/feeds/posts/default"),
    ),
    (
        "blogger_own_domain_2024",
        "https://www.foliofridays.example/",
        Feed("https://www.foliofridays.example/feeds/posts/default"),
    ),
    (
        "blogger_template_without_links",
        "https://shelfcontrol.blogspot.com/",
        Feed("https://shelfcontrol.blogspot.com/feeds/posts/default"),
    ),
    (
        "blogger_post_page",
        "http://bookworms-progress.blogspot.com/2011/07/thing-6.html",
        Feed("http://bookworms-progress.blogspot.com/feeds/posts/default"),
    ),
    (
        "blogger_private",
        "https://www.blogger.com/blogin.g?blogspotURL=https://hushhushstacks.blogspot.com/&type=blog",
        Private,
    ),
    (
        "wordpress_3_2",
        "http://teaandtaxonomies.example/",
        Feed("http://teaandtaxonomies.example/feed/"),
    ),
    (
        "wordpress_comments_first",
        "http://marginalia.example/",
        Feed("http://marginalia.example/feed/"),
    ),
    (
        "wordpress_6_block_theme",
        "https://cataloguecards.example/",
        Feed("https://cataloguecards.example/feed/"),
    ),
    (
        "wordpress_german",
        "https://zettelkasten.example/",
        Feed("https://zettelkasten.example/?feed=rss2"),
    ),
    // Who registers a category's page means that category.
    (
        "wordpress_category_page",
        "http://inkstained.example/category/cpd23/",
        Feed("http://inkstained.example/category/cpd23/feed/"),
    ),
    (
        "wordpress_single_post",
        "http://rayonnages.example/2011/07/15/chose-5/",
        Feed("http://rayonnages.example/feed/"),
    ),
    (
        "wordpress_com_2011",
        "http://deweydecimated.wordpress.com/",
        Feed("http://deweydecimated.wordpress.com/feed/"),
    ),
    (
        "wordpress_com_2023",
        "https://cardindexdiary.wordpress.com/",
        Feed("https://cardindexdiary.wordpress.com/feed/"),
    ),
    (
        "wordpress_theme_without_links",
        "http://people.college.example/~ann/blog/",
        Feed("http://people.college.example/~ann/blog/feed/"),
    ),
    (
        "wordpress_com_private_2012",
        "https://mindthegapyear.wordpress.com/wp-login.php?redirect_to=http%3A%2F%2Fmindthegapyear.wordpress.com%2F",
        Private,
    ),
    (
        "wordpress_com_private_2024",
        "https://quietcorner.wordpress.com/",
        Private,
    ),
    (
        "wordpress_com_coming_soon",
        "https://tabulations.wordpress.com/",
        Private,
    ),
    (
        "wordpress_password_protected",
        "https://betweenthetines.example/",
        Private,
    ),
    (
        "wordpress_polylang",
        "https://twotongues.example/en/",
        Feed("https://twotongues.example/en/feed/"),
    ),
    (
        "wordpress_podcast_and_calendar",
        "https://loudlibrarian.example/",
        Feed("https://loudlibrarian.example/feed/"),
    ),
    (
        "edublogs",
        "https://missfletcherslibrary.edublogs.org/",
        Feed("https://missfletcherslibrary.edublogs.org/feed/"),
    ),
    (
        "university_multisite",
        "https://blogs.northmere.example/bea/",
        Feed("https://blogs.northmere.example/bea/feed/"),
    ),
    (
        "wordpress_feedburner",
        "http://stampedanddated.example/",
        Feed("http://feeds.feedburner.com/StampedAndDated"),
    ),
    (
        "tumblr_2011",
        "http://papercutsdaily.tumblr.com/",
        Feed("http://papercutsdaily.tumblr.com/rss"),
    ),
    (
        "tumblr_2022",
        "https://wetumbrellastand.tumblr.com/",
        Feed("https://wetumbrellastand.tumblr.com/rss"),
    ),
    (
        "tumblr_www_profile",
        "https://www.tumblr.com/lendingdesk",
        Feed("https://lendingdesk.tumblr.com/rss"),
    ),
    (
        "tumblr_own_domain_bare_theme",
        "http://smallhours.example/",
        Feed("http://smallhours.example/rss"),
    ),
    (
        "tumblr_password",
        "https://www.tumblr.com/blog_auth/lockedstacks",
        Private,
    ),
    (
        "ghost_5",
        "https://ledgerandlamp.example/",
        Feed("https://ledgerandlamp.example/rss/"),
    ),
    (
        "ghost_2015_theme_without_link",
        "http://boundinbuckram.example/",
        Feed("http://boundinbuckram.example/rss/"),
    ),
    (
        "ghost_private",
        "https://ledgerandlamp.example/private/?r=%2F",
        Private,
    ),
    (
        "medium_profile",
        "https://medium.com/@cassoduya",
        Feed("https://medium.com/feed/@cassoduya"),
    ),
    (
        "medium_subdomain",
        "https://ewalis.medium.com/",
        Feed("https://medium.com/feed/@ewalis"),
    ),
    (
        "medium_publication",
        "https://medium.com/quiet-shelves",
        Feed("https://medium.com/feed/quiet-shelves"),
    ),
    (
        "substack",
        "https://shelfmark.substack.com/",
        Feed("https://shelfmark.substack.com/feed"),
    ),
    (
        "substack_own_domain",
        "https://www.weeklyweed.example/",
        Feed("https://www.weeklyweed.example/feed"),
    ),
    (
        "squarespace_blog",
        "https://www.paperweight.example/journal",
        Feed("https://www.paperweight.example/journal?format=rss"),
    ),
    (
        "squarespace_front_without_blog",
        "https://www.paperweight.example/",
        Nothing,
    ),
    (
        "squarespace_5",
        "http://finesandfictions.squarespace.com/",
        Feed("http://finesandfictions.squarespace.com/journal/rss.xml"),
    ),
    (
        "microblog",
        "https://evesinkwell.micro.blog/",
        Feed("https://evesinkwell.micro.blog/feed.xml"),
    ),
    // The front doors of platforms are nobody's blog.
    (
        "microblog_profile",
        "https://micro.blog/evesinkwell",
        Nothing,
    ),
    (
        "substack_profile",
        "https://substack.com/@dovabernethy",
        Nothing,
    ),
    (
        "hugo_with_search_index",
        "https://fernfascicle.example/",
        Feed("https://fernfascicle.example/index.xml"),
    ),
    (
        "hugo_theme_without_link",
        "https://gil.github.example/notes/",
        Feed("https://gil.github.example/notes/index.xml"),
    ),
    (
        "jekyll_project_page",
        "https://hal.github.example/holds/",
        Feed("https://hal.github.example/holds/feed.xml"),
    ),
    (
        "jekyll_link_in_footer_only",
        "http://ivyloans.example/",
        Feed("http://ivyloans.example/feed.xml"),
    ),
    (
        "octopress",
        "http://jossjoists.example/",
        Feed("http://jossjoists.example/atom.xml"),
    ),
    (
        "drupal_7",
        "http://kitsquires.example/",
        Feed("http://kitsquires.example/rss.xml"),
    ),
    (
        "movable_type_4",
        "http://lenaslibrary.example/blog/",
        Feed("http://lenaslibrary.example/blog/atom.xml"),
    ),
    (
        "movable_type_2005",
        "http://www.microfiche.example/",
        Feed("http://www.microfiche.example/index.rdf"),
    ),
    (
        "typepad",
        "http://norasnooks.typepad.com/blog/",
        Feed("http://norasnooks.typepad.com/blog/atom.xml"),
    ),
    (
        "livejournal",
        "http://ottos-attic.livejournal.com/",
        Feed("http://ottos-attic.livejournal.com/data/rss"),
    ),
    (
        "dreamwidth",
        "https://pips-pamphlets.dreamwidth.org/",
        Feed("https://pips-pamphlets.dreamwidth.org/data/rss"),
    ),
    (
        "posterous",
        "http://quillwrites.posterous.com/",
        Feed("http://quillwrites.posterous.com/rss.xml"),
    ),
    (
        "weebly",
        "http://rosareads.weebly.example/blog",
        Feed("http://rosareads.weebly.example/1/feed"),
    ),
    (
        "wix_blog",
        "https://www.solsstacks.example/blog",
        Feed("https://www.solsstacks.example/blog-feed.xml"),
    ),
    (
        "wix_blog_without_link",
        "https://www.tesstabulates.example/",
        Feed("https://www.tesstabulates.example/blog-feed.xml"),
    ),
    (
        "wix_brochure",
        "https://www.unasupholstery.example/",
        Nothing,
    ),
    (
        "bear",
        "https://visverso.bearblog.dev/",
        Feed("https://visverso.bearblog.dev/feed/?type=atom"),
    ),
    (
        "writeas",
        "https://write.as/wren-on-wheels/",
        Feed("https://write.as/wren-on-wheels/feed/"),
    ),
    (
        "blot",
        "https://xanindexes.example/",
        Feed("https://xanindexes.example/feed.rss"),
    ),
    (
        "eleventy",
        "https://yarrow.example/",
        Feed("https://yarrow.example/feed/feed.xml"),
    ),
    (
        "pelican",
        "https://zeugma.example/",
        Feed("https://zeugma.example/feeds/all.atom.xml"),
    ),
    (
        "dotclear_french",
        "http://lareserve.example/",
        Feed("http://lareserve.example/feed/rss2"),
    ),
    (
        "joomla",
        "http://www.parishlibrary.example/index.php/blog",
        Feed("http://www.parishlibrary.example/index.php/blog?format=feed&type=rss"),
    ),
    (
        "textpattern",
        "http://abecedary.example/",
        Feed("http://abecedary.example/atom/"),
    ),
    (
        "google_sites",
        "https://sites.google.com/view/bos23things/home",
        Nothing,
    ),
    (
        "upper_case_unquoted",
        "http://clem.example/column/index.html",
        Feed("http://clem.example/column/news.rss"),
    ),
    (
        "no_head_at_all",
        "http://dotsdiary.example/",
        Feed("http://dotsdiary.example/diary.rdf"),
    ),
    (
        "xhtml_with_base",
        "http://www.errata.example/",
        Feed("http://www.errata.example/syndication/atom.php?section=weblog&limit=20"),
    ),
    (
        "wrong_type",
        "https://flyleaf.example/",
        Feed("https://flyleaf.example/rss.php"),
    ),
    (
        "missing_type",
        "http://glossary.example/",
        Feed("http://glossary.example/index.php/feed"),
    ),
    (
        "rel_feed",
        "https://halftitle.example/",
        Feed("https://halftitle.example/posts.atom"),
    ),
    (
        "links_in_body_only",
        "http://incunabula.example/",
        Feed("http://incunabula.example/rss.xml"),
    ),
    ("others_feeds_only", "http://justified.example/", Nothing),
    (
        "commented_out_link",
        "http://kayskeywords.example/",
        Feed("http://kayskeywords.example/new.xml"),
    ),
    (
        "several_feeds_of_one_blog",
        "http://lousledger.example/",
        Feed("http://lousledger.example/rss.xml"),
    ),
    ("meta_refresh", "http://www.moselymoves.example/", Nothing),
    ("frame_forward", "http://www.nansnotes.example/", Nothing),
    ("parked", "http://ollysoctavo.example/", Nothing),
    (
        "google_login",
        "https://accounts.google.com/v3/signin/identifier?continue=https%3A%2F%2Fsites.google.com%2Fa%2Fx",
        Private,
    ),
    (
        "moodle_login",
        "https://vle.northmere.example/login/index.php",
        Private,
    ),
    ("empty_app_shell", "https://prusportfolio.example/", Nothing),
    (
        "directory_listing",
        "http://people.college.example/~quin/",
        Nothing,
    ),
    (
        "hashnode",
        "https://ruthrecatalogues.hashnode.dev/",
        Feed("https://ruthrecatalogues.hashnode.dev/rss.xml"),
    ),
    (
        "mkdocs_two_feeds",
        "https://sam.docs.example/",
        Feed("https://sam.docs.example/feed_rss_created.xml"),
    ),
];

fn found(page: &str, address: &str) -> Result<String, NoFeed> {
    let bytes = fixture(&format!("fronts/{page}.html"));
    let text = String::from_utf8(bytes).unwrap();
    let front = sanitize::front(&text, &Url::parse(address).unwrap());
    plan::discover(&front, &[]).map(|found| found.feed.url.into())
}

fn is_right(found: &Result<String, NoFeed>, right: Right) -> bool {
    match (found, right) {
        (Ok(url), Feed(right)) => url == right,
        (Err(NoFeed::Nothing(_)), Nothing) | (Err(NoFeed::Private(_)), Private) => true,
        _ => false,
    }
}

#[test]
fn the_front_pages_of_real_platforms_lead_to_the_right_feed() {
    let misses: Vec<String> = FRONTS
        .iter()
        .filter_map(|(page, address, right)| {
            let found = found(page, address);
            (!is_right(&found, *right)).then(|| format!("{page}: {found:?}, not {right:?}"))
        })
        .collect();
    let right = FRONTS.len() - misses.len();
    println!("{right} of {} front pages are right", FRONTS.len());
    println!("{}", misses.join("\n"));
    assert!(100 * right >= 95 * FRONTS.len(), "{misses:#?}");
}

#[test]
fn every_front_page_is_in_the_table() {
    let folder = crate::harness::fixture_path("fronts");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    there.sort();
    let mut table: Vec<&str> = FRONTS.iter().map(|(page, _, _)| *page).collect();
    table.sort_unstable();
    assert_eq!(there, table);
}
