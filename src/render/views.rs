//! What each page is given: the contract between the planet and its templates.
//!
//! A theme may use every field named here. All text is plain and is escaped when it is printed; an address (`href`)
//! is complete and http(s), `mailto:` or root-relative. A field that may be missing is `none`, never undefined.
//! This module holds data only; `site` fills it from the model.

mod frame;
mod other;
mod people;
mod posts;
mod progress;
mod status;
mod things;
mod why;

pub use frame::{Contact, FeedLink, Frame, Link, NavLink, Pager, Section, When};
pub use other::{AboutView, ProblemView};
pub use people::{ParticipantRow, ParticipantView, ParticipantsView, ThingDone};
pub use posts::{Body, OddPostView, PersonLink, PostLink, PostView, TagView};
pub use progress::{
    ActivityView, Bar, Choice, ChooseView, MarkCount, ProgressCell, ProgressColumn, ProgressRow,
    ProgressView, SortHead, StripMark,
};
pub use status::{HealthView, StatusCount, StatusRow, StatusView};
pub use things::{HomeView, Stage, ThingLink, ThingRow, ThingView, ThingsView, WeekView};
pub use why::{Verdict, WhyPost, WhyView};
