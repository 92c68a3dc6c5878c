//! The page.

use pollcat::{Answer, Request};

pub(crate) fn page(request: &Request<'_>) -> Option<Answer> {
    (request.path() == "/").then(|| Answer::page("text/html; charset=utf-8", "<!doctype html>"))
}
