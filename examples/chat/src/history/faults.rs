//! What is wrong with the disk or the file, in words for people.

use rusqlite::{Error, ErrorCode};

/// One short sentence: what is wrong, and what to do.
pub(super) fn words(error: &Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full: make room on it, then try again".into(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds the history locked: close it, then try again".into()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "the history may not be written: check the permissions of its file and folder, and whether its disk is read-only".into()
        }
        Some(ErrorCode::SystemIoFailure) => format!("the disk reports an error: check whether it is full, read-only or broken ({error})"),
        Some(ErrorCode::CannotOpen) => "the history cannot be opened: is its file still there?".into(),
        Some(ErrorCode::OutOfMemory) => "there is no memory left: try again later".into(),
        _ if is_damage(error) => {
            "the history's file is damaged: stop the chat, then bring it back from a backup with --restore"
                .into()
        }
        _ => format!("the history does not work: {error}"),
    }
}

/// What is said when the file is not there any more.
pub(super) const GONE: &str = "the history's file was removed or replaced while the chat ran: stop the chat, and before it \
                               starts again move the file back to its place, or bring a backup back with --restore";

/// There is no room for this, but perhaps for something smaller. A limit on the size of a file, or a quota, shows as a
/// failing write.
pub(super) fn is_full(error: &Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::DiskFull || error.extended_code == rusqlite::ffi::SQLITE_IOERR_WRITE
    })
}

pub(super) fn is_forbidden(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

/// The file holds what no pollcat has written.
pub(super) fn is_damage(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(
            error,
            Error::FromSqlConversionFailure(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::Utf8Error(..)
                | Error::InvalidColumnType(..)
                | Error::QueryReturnedNoRows
        )
}

pub(super) fn is_locked(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// What was to be unique is there already.
pub(super) fn is_taken(error: &Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}
