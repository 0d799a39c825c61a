//! Names that count up: which one comes next, in the order of their bytes.

/// The name that follows in the order of bytes if numbers count up to `most`, which tells how wide
/// they get. Padded ones go on at their width: after `dir-0019/` comes `dir-0020/`. Others grow:
/// after `node1/` comes `node10/`, after `node19/` comes `node2/`. None for a name without a number,
/// and after the last one.
///
/// The number is the last run of digits in the name; what stands behind it is kept.
pub(super) fn successor(name: &[u8], most: u64) -> Option<Vec<u8>> {
    let end = name.iter().rposition(u8::is_ascii_digit)? + 1;
    let start = name[..end].iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    let digits = &name[start..end];
    // Longer ones are identifiers, not counters; they would not fit either.
    if digits.len() > 15 {
        return None;
    }
    let number = digits.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let is_padded = digits.len() > 1 && digits[0] == b'0';
    let next = if is_padded {
        let next = format!("{:0width$}", number + 1, width = digits.len());
        (next.len() == digits.len()).then_some(next)?
    } else if number > 0 && number * 10 < most {
        (number * 10).to_string()
    } else {
        // Nothing longer: one further, where the nines are used up at the digit before them.
        let mut counted = number;
        while counted % 10 == 9 {
            counted /= 10;
        }
        if counted == 0 && number > 0 {
            return None;
        }
        (counted + 1).to_string()
    };
    Some([&name[..start], next.as_bytes(), &name[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(first: &str, most: u64) -> Vec<String> {
        let next = |name: &Vec<u8>| successor(name, most);
        let names = std::iter::successors(Some(first.as_bytes().to_vec()), next);
        names.map(|name| String::from_utf8(name).expect("text")).collect()
    }

    #[test]
    fn padded_numbers_keep_their_width() {
        let names = all("dir-000/", 5);
        assert_eq!(names.len(), 1000);
        assert_eq!((&*names[20], &*names[999]), ("dir-020/", "dir-999/"));
    }

    #[test]
    fn plain_numbers_come_in_the_order_of_their_bytes() {
        for most in [7, 10, 11, 35, 100, 101, 250, 1000] {
            let mut expected: Vec<String> = (0..most).map(|i| format!("node{i}-eu/")).collect();
            expected.sort();
            let found = all("node0-eu/", most);
            // There may be guesses that are not there, but none is left out or out of order.
            assert!(found.is_sorted(), "{found:?}");
            assert!(expected.iter().all(|name| found.contains(name)), "{most}: {found:?}");
            assert!(found.len() <= expected.len() + 10, "{most}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_number_has_no_successor() {
        assert_eq!(successor(b"api/", 100), None);
        assert_eq!(successor(b"", 100), None);
        assert_eq!(successor(b"99/", 100), None);
        assert_eq!(successor(b"123456789012345678/", 100), None);
    }
}
