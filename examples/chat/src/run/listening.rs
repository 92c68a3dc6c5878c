//! A listener on each of the addresses: those that were passed, and those that are the chat's own.

use pollcat::{Server, UnixAccess};

use crate::run::certificates::Certificates;
use crate::run::passed::Socket;
use crate::run::preflight;
use crate::run::settings::{Listen, Settings};
use crate::tickets::Mail;

/// The passed ones are the first of the addresses, see [`Passed::places`](super::passed::Passed::places).
///
/// # Errors
///
/// One of them cannot be had, and what could be done.
pub(crate) fn open(
    server: &mut Server<Mail>,
    settings: &Settings,
    certificates: &Certificates,
    passed: Vec<Socket>,
) -> Result<(), String> {
    let access = UnixAccess::new().mode(settings.socket_mode);
    let access = settings.socket_group.map_or(access, |group| access.group(group));
    let mut passed = passed.into_iter();
    for place in &settings.listen {
        let bound = match (passed.next(), place) {
            (Some(Socket::Tcp(listener)), _) => certificates.listen_on(server, listener),
            (Some(Socket::Unix(listener)), _) => server.listen_unix_on(listener),
            (None, Listen::Tcp(address)) => certificates.listen(server, address).map(drop),
            (None, Listen::Unix(path)) => server.listen_unix_with(path, access),
        };
        bound.map_err(|error| preflight::cannot_listen(place, &error))?;
    }
    Ok(())
}
