//! What is true of a connection beside its stage, a bit each.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Mark {
    /// It got more time: to answer with a Pong, or until what it had sent is read.
    Grace = 1,
    /// The peer's side of TCP has ended.
    InputEnded = 1 << 1,
    /// The application reads nothing from it for now.
    Paused = 1 << 2,
    /// A Ping of the server's own has not been answered.
    Pinged = 1 << 3,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    #[inline]
    pub(super) fn has(self, mark: Mark) -> bool {
        self.0 & mark as u8 != 0
    }

    #[inline]
    pub(super) fn set(&mut self, mark: Mark) {
        self.0 |= mark as u8;
    }

    /// Takes a mark away. Says whether it was there.
    #[inline]
    pub(super) fn take(&mut self, mark: Mark) -> bool {
        let was_there = self.has(mark);
        self.0 &= !(mark as u8);
        was_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_is_its_own() {
        let all = [Mark::Grace, Mark::InputEnded, Mark::Paused, Mark::Pinged];
        for one in all {
            let mut marks = Marks::default();
            marks.set(one);
            assert!(all.iter().all(|&mark| marks.has(mark) == (mark == one)));
            assert!(marks.take(one) && !marks.take(one));
            assert_eq!(marks, Marks::default());
        }
    }
}
