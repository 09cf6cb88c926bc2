//! What each page is given: the contract between the planet and its templates.
//!
//! A theme may use every field named here. All text is plain and is escaped when it is printed; an address (`href`)
//! is complete and http(s), `mailto:` or root-relative. A field that may be missing is `none`, never undefined.
//! This module holds data only; `site` fills it from the model.

mod frame;
mod lists;
mod other;
mod people;
mod posts;
mod progress;
mod search;
mod status;
mod things;
mod why;

pub use frame::{Contact, FeedLink, Frame, Link, NavLink, Pager, Section, When};
pub use lists::{GroupView, OfferView, SubscribeView, WaitingView};
pub use other::{AboutView, ProblemView};
pub use people::{ParticipantRow, ParticipantView, ParticipantsView, ThingDone};
pub use posts::{
    BesideView, Body, EntryView, MarkView, NeighbourView, OddPostView, PersonLink, PostLink,
    PostView, TagView,
};
pub use progress::{
    ActivityView, Bar, ChooseView, MarkCount, Pick, ProgressCell, ProgressColumn, ProgressRow,
    ProgressView, SortHead, StripMark,
};
pub use search::{ChoiceView, HitView, PassageView, PersonFound, SearchView};
pub use status::{HealthView, StatusCount, StatusRow, StatusView};
pub use things::{
    DayView, HomeView, Stage, ThingLink, ThingRow, ThingView, ThingsView, TopicView, WeekView,
};
pub use why::{Verdict, WhyPost, WhyView};
