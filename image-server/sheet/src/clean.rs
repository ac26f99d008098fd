//! The text of a cell, as it may be shown: no markup, no control characters.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Text of one line.
pub(crate) fn line(cell: &str) -> String {
    let text = prose(cell);
    if !text.contains('\n') {
        return text;
    }
    let lines: Vec<&str> = text
        .split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}

/// Text whose line breaks say something; at most one blank line in a row.
pub(crate) fn prose(cell: &str) -> String {
    // Nearly every cell is clean already, and there may be a million.
    let is_odd = |c: char| c.is_control() || matches!(c, '<' | '&' | '\u{a0}' | '\u{feff}');
    if !cell.contains(is_odd) && is_nfc_quick(cell.chars()) == IsNormalized::Yes {
        return cell.trim().to_owned();
    }
    let unbroken = cell.replace("\r\n", "\n").replace('\r', "\n");
    let plain = if unbroken.contains(['<', '&']) {
        without_markup(&unbroken)
    } else {
        unbroken
    };
    let blank = |c: char| if matches!(c, '\t' | '\u{a0}') { ' ' } else { c };
    let text: String = plain
        .chars()
        .map(blank)
        .filter(|c| *c == '\n' || !(c.is_control() || *c == '\u{feff}'))
        .nfc()
        .collect();
    let mut shown = String::with_capacity(text.len());
    let mut breaks = 0;
    for line in text.trim().split('\n').map(str::trim) {
        if line.is_empty() {
            breaks += 1;
            continue;
        }
        if !shown.is_empty() {
            shown.push_str(if breaks > 0 { "\n\n" } else { "\n" });
        }
        breaks = 0;
        shown.push_str(line);
    }
    shown
}

/// A name: nothing is taken away but blanks around it, so that what is wrong with it can be said.
pub(crate) fn name(cell: &str) -> String {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .nfc()
        .collect()
}

/// `text` without elements of HTML, its entities decoded once. What only looks like an element stays:
/// cataloguers write `<sic>`.
fn without_markup(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with('<') {
            element(rest, &mut plain)
        } else {
            entity(rest, &mut plain)
        };
        if taken == 0 {
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        } else {
            rest = &rest[taken..];
        }
    }
    plain.push_str(rest);
    plain
}

/// The length of the tag, comment or unshown element at the beginning of `text`; 0 if there is none.
fn element(text: &str, plain: &mut String) -> usize {
    /// Elements that begin a line of their own.
    const BLOCKS: &str = "blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul";
    const INLINE: &str = "a abbr b big body center cite code del em figure font head html i img ins mark meta \
        o:p q s small span strike strong sub sup tbody td th thead title tt u";
    const UNSHOWN: &str = "script style";
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |end| end + 3);
    }
    let inner = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == ':';
    let name = inner.split(|c| !is_name(c)).next().unwrap_or_default();
    let is = |names: &str| {
        names
            .split_ascii_whitespace()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    if !is(BLOCKS) && !is(INLINE) && !is(UNSHOWN) {
        return 0;
    }
    // A tag ends before another one begins: no byte is looked at for two tags.
    let mark = text[1..].find(['<', '>']).map(|at| at + 1);
    let Some(end) = mark.filter(|at| text[*at..].starts_with('>')) else {
        return 0;
    };
    if is(UNSHOWN) && !text.starts_with("</") {
        return end + 1 + unshown(&text[end + 1..], name);
    }
    if is(BLOCKS) {
        plain.push('\n');
    }
    end + 1
}

/// The length of what an element called `name` holds, with the tag that closes it.
fn unshown(text: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        at += found + 2;
        let closes = text
            .get(at..at + name.len())
            .is_some_and(|closed| closed.eq_ignore_ascii_case(name));
        if closes {
            let end = text[at..].find('>');
            return end.map_or(text.len(), |end| at + end + 1);
        }
    }
    text.len()
}

/// The length of the entity at the beginning of `text`; 0 if there is none.
fn entity(text: &str, plain: &mut String) -> usize {
    const NAMED: &[(&str, char)] = &[
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("aacute", 'á'),
        ("eacute", 'é'),
        ("iacute", 'í'),
        ("oacute", 'ó'),
        ("uacute", 'ú'),
        ("Aacute", 'Á'),
        ("Eacute", 'É'),
        ("Iacute", 'Í'),
        ("Oacute", 'Ó'),
        ("Uacute", 'Ú'),
        ("ntilde", 'ñ'),
        ("Ntilde", 'Ñ'),
        ("uuml", 'ü'),
        ("Uuml", 'Ü'),
        ("ccedil", 'ç'),
        ("iquest", '¿'),
        ("iexcl", '¡'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("ordf", 'ª'),
        ("ordm", 'º'),
        ("copy", '©'),
        ("reg", '®'),
        ("deg", '°'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
    ];
    let Some(end) = text.bytes().take(12).position(|byte| byte == b';') else {
        return 0;
    };
    let name = &text[1..end];
    let decoded = match name.strip_prefix('#') {
        Some(number) => {
            let hex = number.strip_prefix(['x', 'X']);
            hex.map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16))
                .ok()
                .and_then(char::from_u32)
        }
        None => NAMED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, c)| *c),
    };
    decoded.map_or(0, |c| {
        plain.push(c);
        end + 1
    })
}

#[cfg(test)]
mod tests {
    use super::{line, name, prose};

    #[test]
    fn cells_become_text_that_can_be_shown() {
        for (cell, expected) in [
            ("  Mapa \t de\u{7}  Cuba ", "Mapa   de  Cuba"),
            (
                "<p>Un <b>plano</b> de La&nbsp;Habana</p>",
                "Un plano de La Habana",
            ),
            ("Uno<br/>dos<BR>tres", "Uno\ndos\ntres"),
            (
                "R &amp; D &lt;1850&gt; &aacute;&#241;&#xF1;",
                "R & D <1850> áññ",
            ),
            ("&amp;lt;b&gt;", "&lt;b>"),
            (
                "a < b & c > d; <sic> &foo; <1850",
                "a < b & c > d; <sic> &foo; <1850",
            ),
            ("x<script>alert('<b></b>')</SCRIPT>y<!-- z -->", "xy"),
            ("a</script>b", "ab"),
            ("<script", "<script"),
            ("<script>x", ""),
            ("<a href=\"javascript:x\">enlace</a>", "enlace"),
            ("uno\r\n\r\n\r\ndos\rtres", "uno\n\ndos\ntres"),
            ("nin\u{303}a", "niña"),
            ("a&#7;b&#0;", "ab"),
        ] {
            assert_eq!(prose(cell), expected, "{cell}");
        }
        assert_eq!(line("Uno\n\n dos<br>tres"), "Uno dos tres");
    }

    #[test]
    fn names_keep_all_but_blanks_around_them() {
        assert_eq!(name(" Apunte-01\u{a0}"), "Apunte-01");
        assert_eq!(name("a\u{1}b<i>"), "a\u{1}b<i>");
    }
}
