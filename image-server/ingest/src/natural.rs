//! The order in which people read names: page 2 before page 10.

use std::cmp::Ordering;

/// Compares two names, runs of digits as numbers; equal ones by their bytes.
#[must_use]
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_left, rest_left) = split_number(left);
            let (number_right, rest_right) = split_number(right);
            let by_value = number_left
                .len()
                .cmp(&number_right.len())
                .then_with(|| number_left.cmp(number_right));
            if by_value != Ordering::Equal {
                return by_value;
            }
            (left, right) = (rest_left, rest_right);
        } else {
            let by_letter = x.to_lowercase().cmp(y.to_lowercase());
            if by_letter != Ordering::Equal {
                return by_letter;
            }
            (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
        }
    }
}

/// The digits at the start without leading zeros, and what follows them.
fn split_number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::natural_order;

    #[test]
    fn numbers_count_and_case_does_not_but_for_ties() {
        let mut names = [
            "b", "page 10", "Page 2", "page 02", "a", "A", "page", "001", "1", "10", "9",
        ];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(
            names,
            [
                "001", "1", "9", "10", "A", "a", "b", "page", "Page 2", "page 02", "page 10"
            ]
        );
    }
}
