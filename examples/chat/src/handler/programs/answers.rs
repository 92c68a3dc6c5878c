//! How programs are answered: in plain text or in JSON, with a status that says whether to come again. No answer is kept by
//! anybody in between.

use pollcat::Answer;

use crate::history::Failure;
use crate::metrics::{HookResult, Metrics};
use crate::refusal::{Code, Refusal};
use crate::voices::json::{api, code_word};

/// In which words somebody is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A hook: senders show at most a line of it.
    Plain,
    Json,
}

/// An answer that says no, and the code of why. It becomes an answer only by being counted, so that none is left out.
#[derive(Debug)]
pub(super) struct Denial {
    answer: Answer,
    code: Code,
}

/// What a program is answered.
pub(super) type Told = Result<Answer, Denial>;

pub(super) const PLAIN: Style = Style::Plain;
pub(super) const JSON: Style = Style::Json;

/// A second, if nothing is known; what needs somebody's hand takes longer.
const SOON: u64 = 1_000;
const LATER: u64 = 5_000;

impl Style {
    pub(super) fn page(self, status: u16, body: String) -> Answer {
        let media_type = match self {
            Style::Plain => "text/plain; charset=utf-8",
            Style::Json => "application/json",
        };
        Answer::with_status(status, body)
            .header("Content-Type", media_type)
            .header("Cache-Control", "no-store")
            .header("X-Content-Type-Options", "nosniff")
    }

    pub(super) fn refuse(self, refusal: &Refusal) -> Denial {
        self.refuse_with(status(refusal.code), refusal)
    }

    pub(super) fn refuse_with(self, status: u16, refusal: &Refusal) -> Denial {
        let body = match self {
            Style::Plain => refusal.words.clone() + "\n",
            Style::Json => api::refused(refusal),
        };
        let is_to_come_again = matches!(status, 429 | 503);
        let wait = refusal.retry_after.unwrap_or(if refusal.code == Code::Busy { SOON } else { LATER });
        let answer = self.page(status, body);
        let answer = match is_to_come_again {
            true => answer.header("Retry-After", &wait.div_ceil(1000).max(1).to_string()),
            false => answer,
        };
        Denial::new(answer, refusal.code)
    }

    /// Why the history did not do it, in these words.
    pub(super) fn refuse_failed(self, failure: &Failure, refusal: &Refusal) -> Denial {
        match failure {
            Failure::KeyUsed => self.refuse_with(409, refusal),
            _ => self.refuse(refusal),
        }
    }
}

impl Denial {
    pub(super) fn new(answer: Answer, code: Code) -> Self {
        Denial { answer, code }
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    pub(super) fn header(self, name: &'static str, value: &str) -> Self {
        Denial { answer: self.answer.header(name, value), ..self }
    }

    pub(super) fn counted(self, metrics: &Metrics) -> Answer {
        metrics.refused(code_word(self.code));
        self.answer
    }
}

/// Notes how a program was answered. An answer that is none yet is noted when there is one.
pub(super) fn count(metrics: &Metrics, style: Style, told: Told) -> Answer {
    let answer = told.unwrap_or_else(|denial| denial.counted(metrics));
    if style == PLAIN {
        answer.status().into_iter().for_each(|status| metrics.hooked(HookResult::of(status)));
    }
    answer
}

/// What it means for a program. What it cannot change by sending something else, and not by waiting, is 403 or 404.
fn status(code: Code) -> u16 {
    match code {
        Code::BadJson | Code::UnknownType | Code::BadField | Code::Empty | Code::Refused => 400,
        Code::BadKey | Code::UnknownToken => 401,
        Code::NoSuchRoom | Code::NoSuchPerson | Code::NoSuchEvent | Code::NoSuchKey => 404,
        Code::TooLong | Code::PictureTooLarge => 413,
        Code::RateLimited | Code::Slow => 429,
        Code::Busy | Code::Storage | Code::Stopping => 503,
        _ => 403,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Wait;

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    #[test]
    fn whoever_is_to_come_again_hears_when() {
        let table = [
            (Refusal::too_fast(Wait(1)), 429, Some("1")),
            (Refusal::too_fast(Wait(1_001)), 429, Some("2")),
            (Refusal::slow(90_000, 30_000), 429, Some("60")),
            (Refusal::busy("too busy"), 503, Some("1")),
            (Refusal::stopping(), 503, Some("5")),
            (Refusal::not_stored("the disk is full"), 503, Some("5")),
            (Refusal::muted(Some(70_000), 10_000), 403, None),
            (Refusal::not_said_here(), 400, None),
            (Refusal::too_long(100), 413, None),
            (Refusal::no_such_room("tea"), 404, None),
            (Refusal::not_member("tea"), 403, None),
        ];
        for (refusal, status, wait) in table {
            for style in [Style::Plain, Style::Json] {
                let Denial { answer, code } = style.refuse(&refusal);
                assert_eq!(code, refusal.code);
                assert_eq!(
                    (answer.status(), header(&answer, "Retry-After")),
                    (Some(status), wait),
                    "{refusal:?}"
                );
                assert_eq!(header(&answer, "Cache-Control"), Some("no-store"));
                assert!(String::from_utf8_lossy(answer.body()).contains(&refusal.words), "{refusal:?}");
            }
        }
        let used = Failure::KeyUsed;
        assert_eq!(Style::Json.refuse_failed(&used, &used.clone().into()).answer.status(), Some(409));
    }
}
