//! Which coding of a file a browser gets (RFC 9110 §8.4, §12.5.3).

/// The smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
    /// As it is.
    Identity,
}

impl Coding {
    /// What the browser likes best of what is there, and of that the smallest. One that accepts nothing at all gets the file
    /// as it is: it will do something with it.
    pub(crate) fn choose(accept_encoding: Option<&str>) -> Self {
        let accepted = accept_encoding.unwrap_or("");
        let mut best = (Coding::Identity, 0);
        for coding in [Coding::Brotli, Coding::Gzip] {
            let weight = weight(accepted, coding.name()).or_else(|| weight(accepted, "*")).unwrap_or(0);
            if weight > best.1 {
                best = (coding, weight);
            }
        }
        best.0
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
            Coding::Identity => "identity",
        }
    }
}

/// In thousandths; `None`: it is not named. What is no number counts nothing.
fn weight(accepted: &str, name: &str) -> Option<u32> {
    let mut codings = accepted.split(',').map(|one| one.split_once(';').unwrap_or((one, "")));
    let (_, parameter) = codings.find(|(coding, _)| coding.trim().eq_ignore_ascii_case(name))?;
    let Some((_, value)) = parameter.split_once('=') else { return Some(1000) };
    let value: f32 = value.trim().parse().unwrap_or(0.0);
    Some((value.clamp(0.0, 1.0) * 1000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_what_it_accepts_and_likes_best() {
        use Coding::{Brotli, Gzip, Identity};
        let table = [
            ("gzip, deflate, br, zstd", Brotli),
            ("gzip, deflate", Gzip),
            ("GZIP;q=0.5 , Br ; q=0.5", Brotli),
            ("br;q=0.1, gzip;q=0.9", Gzip),
            ("br;q=0, gzip;q=0.001", Gzip),
            ("*", Brotli),
            ("*;q=0.5, br;q=0", Gzip),
            ("gzip;q=0, *;q=0", Identity),
            ("identity", Identity),
            ("deflate, xgzip, gzipx, b", Identity),
            ("br;q=, gzip;q=NaN", Identity),
            (";=,,*;q=-1", Identity),
        ];
        for (accepted, expected) in table {
            assert_eq!(Coding::choose(Some(accepted)), expected, "{accepted}");
        }
        assert_eq!((Coding::choose(None), Coding::choose(Some(""))), (Identity, Identity));
    }
}
