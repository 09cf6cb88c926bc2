//! Days, months and numbers of Things.

use serde::Serialize;

/// The words for dates, and how they stand together.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Dates {
    /// From January.
    pub(in crate::render) months: [&'static str; 12],
    /// The same in short, for the axis of a chart.
    pub(in crate::render) months_in_short: [&'static str; 12],
    /// From Monday.
    pub(in crate::render) weekdays: [&'static str; 7],
    /// A day with its weekday; `{date}` is the day without it.
    pub(in crate::render) day: &'static str,
    /// A day without its weekday.
    pub(in crate::render) date: &'static str,
    /// A day of a year that goes without saying, in short.
    pub(in crate::render) date_in_short: &'static str,
    /// A moment to the minute.
    pub(in crate::render) minute: &'static str,
    /// None of the course's Things; `{units}` is what the course calls several.
    pub(in crate::render) no_units: &'static str,
}

pub(super) const ENGLISH: Dates = Dates {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_in_short: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    weekdays: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    day: "{weekday} {date}",
    date: "{day} {month} {year}",
    date_in_short: "{day} {month}",
    minute: "{day}, {time}",
    no_units: "no {units}",
};

pub(super) const GERMAN: Dates = Dates {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    months_in_short: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.",
        "Dez.",
    ],
    weekdays: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
    day: "{weekday}, {date}",
    date: "{day}. {month} {year}",
    date_in_short: "{day}. {month}",
    minute: "{day}, {time} Uhr",
    no_units: "keine {units}",
};
