//! Ranges (RFC 9110 §14), by hand and by curl, which fetches a file in pieces and goes on where it stopped.

use std::fs::File;
use std::process::Command;

use pollcat_testing::scratch::cannot_run;

use crate::{Site, field};

/// Ten bytes: a range can be checked by eye.
const DIGITS: &str = "0123456789";

#[test]
fn one_range_is_answered_with_what_it_names_and_nonsense_with_the_file() {
    let site = Site::start("files-ranges");
    site.put("digits", DIGITS);
    site.put("empty", "");
    let table = [
        ("bytes=0-0", "206", "0", "bytes 0-0/10"),
        ("bytes=2-4", "206", "234", "bytes 2-4/10"),
        ("bytes=7-", "206", "789", "bytes 7-9/10"),
        ("bytes=0-", "206", DIGITS, "bytes 0-9/10"),
        ("bytes=-3", "206", "789", "bytes 7-9/10"),
        ("bytes=-10", "206", DIGITS, "bytes 0-9/10"),
        ("bytes=-99", "206", DIGITS, "bytes 0-9/10"),
        ("bytes=9-9", "206", "9", "bytes 9-9/10"),
        ("bytes=5-99", "206", "56789", "bytes 5-9/10"),
        ("BYTES=1-1", "206", "1", "bytes 1-1/10"),
        ("bytes=0-99999999999999999999999", "206", DIGITS, "bytes 0-9/10"),
        ("bytes=-99999999999999999999999", "206", DIGITS, "bytes 0-9/10"),
        ("bytes=007-0000008", "206", "78", "bytes 7-8/10"),
        // Nothing of it is there.
        ("bytes=10-", "416", "", "bytes */10"),
        ("bytes=10-20", "416", "", "bytes */10"),
        ("bytes=-0", "416", "", "bytes */10"),
        ("bytes=99999999999999999999999-", "416", "", "bytes */10"),
        ("bytes=18446744073709551615-18446744073709551615", "416", "", "bytes */10"),
        ("bytes=99999999999999999999998-99999999999999999999999", "416", "", "bytes */10"),
        // No range (§14.1.1), another unit (§14.2), or several, which a server need not give.
        ("bytes=4-2", "200", DIGITS, ""),
        ("bytes=", "200", DIGITS, ""),
        ("bytes=-", "200", DIGITS, ""),
        ("bytes=a-b", "200", DIGITS, ""),
        ("bytes=+1-2", "200", DIGITS, ""),
        ("bytes=1-+2", "200", DIGITS, ""),
        ("bytes=1", "200", DIGITS, ""),
        ("bytes=1-2-3", "200", DIGITS, ""),
        ("bytes 1-2", "200", DIGITS, ""),
        ("1-2", "200", DIGITS, ""),
        ("lines=1-2", "200", DIGITS, ""),
        ("bytes=0-0,2-3", "200", DIGITS, ""),
    ];
    for (range, status, body, shown) in table {
        let got = site.ask("GET", "/digits", &format!("Range: {range}\r\n"));
        assert_eq!(got.status(), status, "{range}: {}", got.head);
        assert_eq!(field(&got.head, "Content-Range").unwrap_or_default(), shown, "{range}");
        if status != "416" {
            assert_eq!(String::from_utf8_lossy(&got.body), body, "{range}");
            assert_eq!(got.field("Content-Type"), "application/octet-stream", "{range}");
        }
    }
    for (range, status) in [("bytes=0-", "416"), ("bytes=0-5", "416"), ("bytes=-5", "200")] {
        assert_eq!(site.ask("GET", "/empty", &format!("Range: {range}\r\n")).status(), status, "{range}");
    }
}

#[test]
fn a_range_of_another_version_is_the_whole_file() {
    let site = Site::start("files-if-range");
    site.put("digits", DIGITS);
    let tag = site.get("/digits").field("ETag").to_owned();
    let ask = |seen: &str| site.ask("GET", "/digits", &format!("Range: bytes=2-4\r\nIf-Range: {seen}\r\n"));
    assert_eq!((ask(&tag).status(), &*ask(&tag).body), ("206", &b"234"[..]));
    // A weak tag is not enough (§13.1.5), and a time neither.
    for other in
        [format!("W/{tag}"), "\"other\"".to_owned(), site.get("/digits").field("Last-Modified").to_owned()]
    {
        assert_eq!((ask(&other).status(), &*ask(&other).body), ("200", DIGITS.as_bytes()), "{other}");
    }
    site.put("digits", "9876543210");
    assert_eq!((ask(&tag).status(), &*ask(&tag).body), ("200", &b"9876543210"[..]));
}

/// The largest answer has 16 MiB. This file has more: it takes no room on the disk.
#[test]
fn a_large_file_is_given_in_pieces_and_never_at_once() {
    let site = Site::start("files-large");
    const LENGTH: u64 = (40 << 20) + 5;
    let file = File::create(site.place("film.mp4")).expect("a file");
    file.set_len(LENGTH).expect("it may have holes");
    let got = site.get("/film.mp4");
    assert_eq!((got.status(), got.field("Accept-Ranges")), ("403", "bytes"));
    // As a player asks: from here on.
    let (mut at, mut pieces) = (0, 0);
    while at < LENGTH {
        let got = site.ask("GET", "/film.mp4", &format!("Range: bytes={at}-\r\n"));
        let end = (at + (16 << 20)).min(LENGTH);
        assert_eq!((got.status(), got.body.len() as u64), ("206", end - at));
        assert_eq!(got.field("Content-Range"), format!("bytes {at}-{}/{LENGTH}", end - 1));
        assert_eq!(got.field("Content-Type"), "video/mp4");
        (at, pieces) = (end, pieces + 1);
    }
    assert_eq!(pieces, 3);
    let last = site.ask("GET", "/film.mp4", "Range: bytes=-5\r\n");
    assert_eq!(last.field("Content-Range"), format!("bytes {}-{}/{LENGTH}", LENGTH - 5, LENGTH - 1));
}

#[test]
fn curl_fetches_ranges_and_goes_on_where_it_stopped() {
    let site = Site::start("files-curl");
    let contents: Vec<u8> = (0..100_000u32).flat_map(u32::to_be_bytes).collect();
    site.put("numbers", &contents);
    let url = format!("http://{}/numbers", site.program.address);
    let curl = |arguments: &[&str]| {
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--fail", "--noproxy", "*"])
            .args(arguments)
            .arg(&url)
            .output();
        output.ok().map(|output| {
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        })
    };
    let Some(all) = curl(&[]) else { return cannot_run("there is no curl") };
    assert!(all == contents);
    for (range, expected) in [
        ("0-99", &contents[..100]),
        ("1000-1999", &contents[1000..2000]),
        ("399990-", &contents[399_990..]),
        ("-7", &contents[contents.len() - 7..]),
    ] {
        assert!(curl(&["-r", range]).as_deref() == Some(expected), "{range}");
    }
    let half = site.scratch.file("half");
    std::fs::write(&half, &contents[..123_456]).expect("a file");
    let half_name = half.to_str().expect("a plain name");
    curl(&["-C", "-", "-o", half_name]).expect("curl is there");
    assert!(std::fs::read(&half).expect("it is there") == contents);
    // What it has is not fetched again.
    let tags = site.scratch.file("tag");
    let tags = tags.to_str().expect("a plain name");
    let code = ["--etag-compare", tags, "--etag-save", tags, "-o", half_name, "-w", "%{http_code}"];
    assert_eq!(
        [curl(&code), curl(&code)].map(|code| code.expect("curl is there")),
        [b"200", b"304"].map(Vec::from)
    );
}
