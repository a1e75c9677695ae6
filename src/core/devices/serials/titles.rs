//! The titles of columns with serial numbers, in the languages of spreadsheets and MDMs.

/// The columns that hold serial numbers, as [`plain`] writes them; the first that is there counts. Chinese "序號" isn't among them: it
/// may be the number of a row.
const COLUMNS: [&str; 34] = [
    "serialnumber",
    "serial",
    "deviceserialnumber",
    "deviceserial",
    "hardwareserial",
    "serialno",
    "serialnumbers",
    "serials",
    "sn",
    // German, Dutch and the languages of Scandinavia.
    "seriennummer",
    "seriennr",
    "serienummer",
    "serienr",
    // French, Spanish, Portuguese, Italian.
    "numerodeserie",
    "numdeserie",
    "nodeserie",
    "ndeserie",
    "numerodiserie",
    "numeroseriale",
    "ndiserie",
    // Romanian, Polish, Czech and Slovak, Hungarian, Finnish, Turkish.
    "numarulserial",
    "numarserial",
    "numerseryjny",
    "seriovecislo",
    "sorozatszam",
    "sarjanumero",
    "serinumarasi",
    "serino",
    // Russian, Ukrainian.
    "серииныиномер",
    "серіинииномер",
    // Chinese, Japanese, Korean.
    "序列号",
    "序列號",
    "シリアル番号",
    "일련번호",
];

/// Whether a title is that of a column with serial numbers.
pub(super) fn is_of_serials(title: &str) -> bool {
    rank(title).is_some()
}

/// How far down among the [`COLUMNS`] a title is: `serial` beside `serial_number` may be the number of a row.
pub(super) fn rank(title: &str) -> Option<usize> {
    let title = plain(title);
    COLUMNS.iter().position(|it| *it == title)
}

/// A title without case, accents, and what is between its words.
fn plain(title: &str) -> String {
    let letters = title.chars().flat_map(char::to_lowercase);
    let letters = letters.filter(|it| it.is_alphanumeric());
    letters.map(without_accent).collect()
}

/// A letter without the accent that it has in one of the [`COLUMNS`]. An accent that is a character by itself is no letter.
fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ă' | 'â' => 'a',
        'č' => 'c',
        'é' | 'è' => 'e',
        'í' | 'ı' => 'i',
        'ó' | 'º' => 'o',
        'ú' | 'ù' => 'u',
        'й' => 'и',
        other => other,
    }
}
