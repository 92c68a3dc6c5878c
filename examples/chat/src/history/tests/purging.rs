//! What is erased bit by bit: all that somebody has said, and their name.

use super::acts::{ADMIN, DEN, LOBBY, MEMBER, NOW, OP, TALK, TEA, VICTIM, cast, deed, join, restrain};
use super::*;

fn name_of(person: PersonId, name: &str, room: RoomId, body: Body) -> Entry {
    Entry::Append(Append { author_name: name.into(), ..say(room, person, body) })
}

/// Everything that is done in its time: purges, the index, SQLite's log.
fn settle(open: &mut Open, files: &[PathBuf], traces: &[&[u8]]) {
    open.wait_until("SELECT count(*) FROM purges", |left| left == 0);
    open.wait_until_erased();
    let start = Instant::now();
    while let Some(trace) = traces.iter().find(|trace| found(files, trace)) {
        assert!(start.elapsed() < PATIENCE, "{:?} is still there", String::from_utf8_lossy(trace));
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Text, caption, the bytes of a picture, the pairs in the index, and a name: not a byte of it is left, in the file and in its
/// log, while the history is open.
#[test]
fn what_is_purged_is_gone_from_the_files() {
    is_gone_from_the_files(false);
}

/// And with them whose words they were.
#[test]
fn who_erases_themself_is_gone_from_the_files() {
    is_gone_from_the_files(true);
}

fn is_gone_from_the_files(is_erased: bool) {
    let scratch = Scratch::new(&format!("purged-{is_erased}"));
    let files = ["chat.db", "chat.db-wal"].map(|name| scratch.file(name));
    let path = &files[0];
    let gram = grams::of_query("龘靐").unwrap();
    // FTS5 does not repeat what a gram has in common with the one before it.
    let words: [&[u8]; 5] = [
        "xylophone 龘靐".as_bytes(),
        &gram.trim().as_bytes()[4..],
        b"caption pic",
        &[3; 1000],
        b"held words",
    ];
    let name: [&[u8]; 1] = [b"Rumpelstiltskin"];
    let mut open = Open::at(path);
    let person = Entry::Arrive {
        person: 2,
        name: "Rumpelstiltskin".into(),
        folded: "rumpelstiltskin".into(),
        token: Some([9; 32]),
        at: THEN,
        look: None,
    };
    open.write_all(vec![arrive(1, "Ann"), person, create(1, "tea"), create(2, "coffee"), direct(3, "@1:2")]);
    open.write_all(
        (1..=3).flat_map(|room| [1, 2].map(|person| Entry::Join { room, person, read: 0 })).collect(),
    );
    let rumpel = |room, body| name_of(2, "Rumpelstiltskin", room, body);
    let Entry::Append(picture) = picture(2, 2, "pic", 20_000) else { unreachable!() };
    open.write_all(vec![
        rumpel(1, Body::Text("xylophone 龘靐".into())),
        Entry::Append(Append { author_name: "Rumpelstiltskin".into(), ..picture }),
        rumpel(3, Body::Text("in private: xylophone 龘靐".into())),
        text(1, 1, "tea"),
        take_back(1, 1, 2),
    ]);
    let held = Append { author_name: "Rumpelstiltskin".into(), ..say(1, 2, Body::Text("held words".into())) };
    open.write_all(vec![
        deed(2, Act::Hold { said: Box::new(held) }),
        deed(1, Act::Report { room: 1, offset: 1 }),
        deed(None, restrain(Restraint::Mute, 2, Some(1))),
    ]);
    open.wait_until_indexed(4);
    for trace in words.iter().chain(&name) {
        assert!(found(&files, trace), "{:?}", String::from_utf8_lossy(trace));
    }
    let act = match is_erased {
        false => deed(None, Act::Purge { person: 2, room: None, since: Millis::MIN }),
        true => deed(2, Act::Erase { person: 2, words: true }),
    };
    assert!(matches!(open.write(act), Ok(Done::Numbered(_))));
    settle(&mut open, &files, &words);
    if is_erased {
        settle(&mut open, &files, &name);
    }
    assert_eq!(open.hits(&[1, 2, 3], "龘", None, 10).0, []);
    assert_eq!(words_of(&mut open, 1), ["tea"][..0]);
    assert_eq!(open.picture("pic"), None);
    // Everybody hears of it, in each room.
    for (room, target) in [(1, 1), (2, 1), (3, 1)] {
        let (events, ..) = open.all(room);
        let purge = events.last().unwrap();
        assert_eq!(purge.what, What::Purge { of: 2, targets: vec![target] });
        let by = if is_erased { (2, "gone-2") } else { (OPERATOR, "operator") };
        assert_eq!((purge.author, &purge.author_name[..]), by);
        assert_eq!(events[0].what, What::Deleted);
        let name = if is_erased { "gone-2" } else { "Rumpelstiltskin" };
        assert_eq!(events[0].author_name, name);
    }
    open.close();
    assert!(words.iter().all(|trace| !found(&files, trace)));
    let loaded = Open::at(path).loaded;
    let rumpel = loaded.people.iter().find(|person| person.id == 2).unwrap();
    assert_eq!((rumpel.is_gone, rumpel.tokens.len()), (is_erased, usize::from(!is_erased)));
    assert_eq!(rumpel.name, if is_erased { "gone-2" } else { "Rumpelstiltskin" });
}

fn words_of(open: &mut Open, room: RoomId) -> Vec<String> {
    words(&open.all(room).0).into_iter().map(String::from).collect()
}

/// Only what is meant: that person, that room, since then, and nothing that was said after the act.
#[test]
fn a_purge_takes_what_is_meant() {
    let mut node = cast();
    let at = |room, author, at, text: &str| {
        Entry::Append(Append { at, ..say(room, author, Body::Text(text.into())) })
    };
    let unmute = deed(None, Act::Release { restraint: Restraint::Mute, person: VICTIM, room: None });
    let said = [
        unmute,
        at(TEA, VICTIM, NOW - 500, "old"),
        at(TEA, VICTIM, NOW - 50, "new"),
        at(LOBBY, VICTIM, NOW - 50, "elsewhere"),
        at(TEA, MEMBER, NOW - 50, "of another"),
    ];
    assert!(node.apply(&said).iter().all(Result::is_ok));
    let after = at(TEA, VICTIM, NOW, "after");
    let outcomes =
        node.apply(&[deed(OP, Act::Purge { person: VICTIM, room: Some(TEA), since: NOW - 100 }), after]);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let decided = finish(&mut node);
    assert_eq!(decided.len(), 2, "{decided:?}");
    let (Entry::Append(purge), Done::Erased { room: TEA, .. }) = &decided[0] else { panic!("{decided:?}") };
    assert_eq!((purge.author, &purge.author_name[..]), (OP, "Op"));
    assert!(matches!(decided[1].0, Entry::Purged { .. }));
    let left: Vec<String> = texts(&node, VICTIM);
    assert_eq!(left, ["hello", "hello", "hello", "old", "elsewhere", "after"]);
    // In the whole chat: private talks too.
    let ban = deed(ADMIN, Act::Purge { person: VICTIM, room: None, since: 0 });
    assert!(node.apply(&[ban]).iter().all(Result::is_ok));
    let rooms: Vec<RoomId> = finish(&mut node)
        .iter()
        .filter_map(|(_, done)| if let Done::Erased { room, .. } = done { Some(*room) } else { None })
        .collect();
    assert_eq!(rooms, [LOBBY, TEA, DEN]);
    assert_eq!(texts(&node, VICTIM), [""; 0]);
    assert_eq!(texts(&node, OP), ["hello", "hello"], "in {TALK} and {TEA}");
}

fn texts(node: &Node, author: PersonId) -> Vec<String> {
    let mut select = node
        .connection
        .prepare("SELECT text FROM events WHERE author = ?1 AND text IS NOT NULL ORDER BY id")
        .unwrap();
    select.query_map([author as i64], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// All bites that are left.
fn finish(node: &mut Node) -> Vec<(Entry, Done)> {
    let mut all = Vec::new();
    loop {
        let mut is_over = false;
        all.extend(node.decide(|connection| {
            let bite = purge::bite(connection, NOW)?;
            is_over = bite.is_none();
            Ok(bite.unwrap_or_default())
        }));
        if is_over {
            return all;
        }
    }
}

/// Who ordered it may be muted, put out or gone by then, and the room closed; and nobody is said to have read anything.
#[test]
fn a_purge_goes_on_whatever_becomes_of_those_who_ordered_it() {
    let mut node = cast();
    let orders = [
        deed(OP, Act::Purge { person: VICTIM, room: Some(TEA), since: 0 }),
        deed(None, restrain(Restraint::Ban, OP, None)),
        deed(None, Act::Alter { room: TEA, change: Change::Closed(true) }),
        deed(None, Act::RemoveRoom { room: DEN }),
    ];
    assert!(node.apply(&orders).iter().all(Result::is_ok));
    let read = |node: &Node| {
        let sql = "SELECT read FROM members WHERE room = ?1 AND person = ?2";
        node.connection.query_row(sql, [TEA as i64, OP as i64], |row| row.get::<_, i64>(0)).unwrap()
    };
    let before = read(&node);
    assert_eq!(finish(&mut node).len(), 2);
    assert_eq!(read(&node), before);
    assert_eq!(texts(&node, VICTIM).len(), 2, "elsewhere they are still");
    // What a removed room holds is left to those who sweep it.
    assert!(node.apply(&[deed(None, Act::Purge { person: VICTIM, room: None, since: 0 })])[0].is_ok());
    assert_eq!(finish(&mut node).len(), 2);
    assert_eq!(texts(&node, VICTIM).len(), 1);
}

/// So much is erased in one bite, and no more.
#[test]
fn a_purge_is_done_in_bites_and_goes_on_where_it_was_stopped() {
    let scratch = Scratch::new("bites");
    let path = scratch.file("chat.db");
    let mut node = Node::new();
    let mut entries = vec![arrive(1, "Ann"), create(1, "tea"), create(2, "coffee")];
    entries.extend((0..1000).map(|n| text(1 + n % 2, 1 + n % 3, &format!("number {n}"))));
    entries.push(deed(None, Act::Purge { person: 1, room: None, since: 0 }));
    entries.push(deed(1, Act::Erase { person: 1, words: false }));
    assert!(node.apply(&entries).iter().all(Result::is_ok));
    let bite =
        |node: &mut Node| node.decide(|connection| Ok(purge::bite(connection, NOW)?.unwrap_or_default()));
    let before = texts(&node, 1).len();
    let decided = bite(&mut node);
    let left = texts(&node, 1).len();
    assert_eq!((before, decided.len()), (334, 2), "one for each room");
    assert!(left < before && before - left <= retention::BITE as usize, "{left}");
    // The program stops in the middle.
    node.connection.execute_batch(&format!("VACUUM INTO '{}'", path.display())).unwrap();
    let mut open = Open::at(&path);
    open.wait_until("SELECT count(*) FROM purges", |left| left == 0);
    for room in [1, 2] {
        let (events, ..) = open.all(room);
        assert!(events.iter().all(|event| event.author != 1 || event.what == What::Deleted));
        assert!(events.iter().all(|event| event.author != 1 || event.author_name == "gone-1"));
        let targets: usize = events
            .iter()
            .map(|event| if let What::Purge { of: 1, targets } = &event.what { targets.len() } else { 0 })
            .sum();
        assert_eq!(targets, 167);
    }
    open.close();
    assert_eq!(Open::at(&path).loaded.people.len(), 0);
}

/// However many talk: while somebody always waits for the disk, what is to be erased gets its turn all the same.
#[test]
fn a_purge_goes_on_while_others_talk() {
    const WAITING: usize = 512;
    let scratch = Scratch::new("purged-in-talk");
    let mut open = Open::at(&scratch.file("chat.db"));
    let made = [arrive(2, "spam"), arrive(3, "bob"), create(1, "lobby"), join(1, 2), join(1, 3)];
    let said = (0..600).map(|_| text(1, 2, "spam"));
    assert!(open.write_all(made.into_iter().chain(said).collect()).iter().all(Result::is_ok));
    open.wait_until_erased();
    let purge = Act::Purge { person: 2, room: None, since: 0 };
    let purge = Entry::Act(Deed { by: None, at: THEN + 1, reason: String::new(), act: purge });
    let talk = || text(1, 3, "hello");
    open.history.write(purge, 0).unwrap_or_else(|_| panic!("it is open"));
    let (mut waiting, mut told, mut is_over) = (1, 0, false);
    while !is_over {
        while waiting < WAITING {
            open.history.write(talk(), 0).unwrap_or_else(|_| panic!("it is open"));
            waiting += 1;
        }
        let Report::Applied(applied) = open.next() else { panic!("nobody has asked") };
        for applied in applied {
            match applied.ticket {
                Some(_) => (waiting, told) = (waiting - 1, told + 1),
                None => is_over |= matches!(applied.entry, Entry::Purged { .. }),
            }
        }
        assert!(told < 50 * WAITING, "it waits for a pause");
    }
    let left = "SELECT count(*) FROM events WHERE author = 2 AND text IS NOT NULL";
    open.wait_until(left, |left| left == 0);
}
