//! Pictures that a node does not know. With several nodes, another one may have shown it a moment ago: so whoever asks waits until this
//! node knows all that others knew, and then it is looked for once more.

use std::collections::HashMap;

use crate::history::Millis;

/// So long is waited, in milliseconds.
const PATIENCE: Millis = 2_000;
/// So many requests may wait.
const MOST: usize = 1_000;

#[derive(Debug)]
pub(super) struct Unknown<R> {
    asked: HashMap<String, Vec<(R, Millis)>>,
    count: usize,
}

impl<R> Default for Unknown<R> {
    fn default() -> Self {
        Unknown { asked: HashMap::new(), count: 0 }
    }
}

impl<R> Unknown<R> {
    pub(super) fn has_room(&self) -> bool {
        self.count < MOST
    }

    /// Somebody waits for this picture to be known. True: nobody else has.
    pub(super) fn wait(&mut self, path: &str, request: R, now: Millis) -> bool {
        self.count += 1;
        let waiting = self.asked.entry(path.to_owned()).or_default();
        waiting.push((request, now + PATIENCE));
        waiting.len() == 1
    }

    /// Those who have waited for this one.
    pub(super) fn take(&mut self, path: &str) -> Vec<R> {
        let asked = self.asked.remove(path).unwrap_or_default();
        self.count -= asked.len();
        asked.into_iter().map(|(request, _)| request).collect()
    }

    /// Nobody waits for the answer to these any more.
    pub(super) fn forget(&mut self, is_gone: impl Fn(&R) -> bool) {
        drop(self.extract(|(request, _)| is_gone(request)));
    }

    /// Nobody waits any longer: those who did.
    pub(super) fn send_away(&mut self) -> Vec<R> {
        self.extract(|_| true).into_iter().map(|(_, request)| request).collect()
    }

    /// Those who have waited for too long, and for which picture.
    pub(super) fn pass_time(&mut self, now: Millis) -> Vec<(String, R)> {
        self.extract(|(_, until)| *until <= now)
    }

    fn extract(&mut self, is_over: impl Fn(&(R, Millis)) -> bool) -> Vec<(String, R)> {
        let mut over = Vec::new();
        self.asked.retain(|path, asked| {
            over.extend(asked.extract_if(.., |it| is_over(it)).map(|(request, _)| (path.clone(), request)));
            !asked.is_empty()
        });
        self.count -= over.len();
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_wait_for_a_while_and_not_all_of_them() {
        let mut unknown = Unknown::default();
        assert!(unknown.wait("pictures/a", 1, 0) && !unknown.wait("pictures/a", 2, 500));
        assert!(unknown.wait("pictures/b", 3, 500));
        unknown.forget(|request| *request == 3);
        assert_eq!(unknown.pass_time(1_999), []);
        assert_eq!(unknown.pass_time(2_000), [("pictures/a".to_owned(), 1)]);
        assert_eq!((unknown.take("pictures/a"), unknown.take("pictures/a")), (vec![2], vec![]));
        for number in 0..MOST {
            assert!(unknown.has_room());
            unknown.wait(&number.to_string(), number, 0);
        }
        assert!(!unknown.has_room());
        assert_eq!(unknown.pass_time(9_999).len(), MOST);
        assert!(unknown.has_room());
    }
}
