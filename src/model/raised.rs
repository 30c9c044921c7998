//! Raised figures: what stands small and high behind a number is none of its digits.

const FIGURES: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// The raised form of a character that has one. A bracket closes a raised figure only.
pub fn form(c: char, behind_figure: bool) -> Option<char> {
    match c {
        ')' if behind_figure => Some('⁾'),
        c => FIGURES.get(c.to_digit(10)? as usize).copied(),
    }
}

/// Is it a raised figure, or the bracket behind one?
pub fn is_raised(c: char) -> bool {
    c == '⁾' || FIGURES.contains(&c)
}

/// The digit of a raised figure.
pub fn digit(c: char) -> Option<char> {
    char::from_digit(FIGURES.iter().position(|figure| *figure == c)? as u32, 10)
}
