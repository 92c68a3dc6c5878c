//! The chat's page in a real browser, against the real program.

mod access;
mod admin;
mod admin_acts;
mod admin_reports;
mod arriving;
mod attention;
mod avatars;
mod crowd;
mod doors;
mod emoji;
mod endings;
mod governed;
mod invites;
mod lacking;
mod layouts;
mod marks;
mod model;
mod moderation;
mod moderation_access;
mod oneself;
mod outside;
mod places;
mod program;
mod rooms_private;
mod safety;
mod secure;
mod several;
mod shown;
mod talk;
mod typing;
mod unread;
mod view;
mod windows;
mod words;

use pollcat_page::{Window, browser};
use program::Program;

/// A red PNG, one pixel large.
const RED: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8, 0xd7, 0x63, 0xf8, 0xcf, 0xc0,
    0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];
