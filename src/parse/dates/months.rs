//! The names of months.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The month whose name a word is or begins, in the languages that blogs of our courses have been seen to use or are
/// likely to: English, German, French, Spanish, Catalan, Italian, Portuguese, Dutch, the Scandinavian ones, Finnish,
/// Polish, Czech, Turkish, Greek, Russian and Ukrainian.
///
/// The word must not go on beyond the name, or `mardi` were March. A name that begins like another month's in another
/// language stands in full.
pub(super) fn month(word: &str) -> Option<i8> {
    static BEGINNINGS: LazyLock<HashMap<&str, i8>> = LazyLock::new(beginnings);
    let word = word.trim_end_matches('.').to_lowercase();
    BEGINNINGS.get(word.as_str()).copied()
}

/// What the names begin with, from three characters on; of two months that begin alike the first counts.
fn beginnings() -> HashMap<&'static str, i8> {
    let mut beginnings = HashMap::new();
    for (month, names) in (1..).zip(MONTHS) {
        for name in names.split_whitespace() {
            let ends = name
                .char_indices()
                .map(|(at, character)| at + character.len_utf8());
            for end in ends.skip(2) {
                beginnings.entry(&name[..end]).or_insert(month);
            }
        }
    }
    beginnings
}

const MONTHS: [&str; 12] = [
    "january januar jänner janvier enero gener gennaio janeiro januari tammikuuta stycznia ledna ocak ιανουαρίου \
         января январь січня",
    "february februar février fevrier febrero febrer febbraio fevereiro februari helmikuuta lutego února şubat \
         φεβρουαρίου февраля февраль лютого",
    "march märz maerz mrz mars marzo març março marco maart marts maaliskuuta marca března mart μαρτίου марта март \
         березня",
    "april avril abril aprile huhtikuuta kwietnia dubna nisan απριλίου апреля апрель квітня",
    "may mai mayo maig maggio maio mei maj toukokuuta maja května mayıs μαΐου мая май травня",
    "june juni juin junio juny giugno junho kesäkuuta czerwca června haziran ιουνίου июня июнь червня",
    "july juli juillet julio juliol luglio julho heinäkuuta lipca července temmuz ιουλίου июля июль липня",
    "august août aout agosto agost augustus augusti elokuuta sierpnia srpna ağustos αυγούστου августа август серпня",
    "september sept septembre septiembre setembre settembre setembro syyskuuta września září eylül σεπτεμβρίου \
         сентября сентябрь вересня",
    "october oktober octobre octubre ottobre outubro lokakuuta października října ekim οκτωβρίου октября октябрь \
         жовтня",
    "november novembre noviembre novembro marraskuuta listopada listopadu kasım νοεμβρίου ноября ноябрь листопада",
    "december dezember décembre decembre diciembre dicembre dezembro desember desembre joulukuuta grudnia prosince \
         aralık δεκεμβρίου декабря декабрь грудня",
];
