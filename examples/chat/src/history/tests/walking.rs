//! What looks for all that somebody said walks through what all have said: a bit at a time, and none of it is missed.

use rusqlite::params;

use super::acts::deed;
use super::*;

const SOMEBODY: PersonId = 1;

/// Two rooms in which others talk, all in all so many events; and somebody here and there: at these ids.
fn crowded(count: i64, at: &[i64]) -> Node {
    let mut node = Node::new();
    let made = [arrive(SOMEBODY, "Ann"), arrive(2, "Ben"), create(1, "tea"), create(2, "coffee")];
    assert!(node.apply(&made).iter().all(Result::is_ok));
    node.transact(|connection, _| {
        connection.execute(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
             INSERT INTO events (id, room, offset, at, author, author_name, kind, text)
             SELECT n, 1 + n % 2, (n + 1) / 2, ?2, 2, 'Ben', 0, printf('number %d', n) FROM n",
            params![count, THEN],
        )?;
        for id in at {
            connection.execute("UPDATE events SET author = 1, author_name = 'Ann' WHERE id = ?1", [id])?;
        }
        connection
            .execute("UPDATE rooms SET last = (SELECT max(offset) FROM events WHERE room = rooms.id)", [])
    });
    node.progress = Progress::read(&node.connection).unwrap();
    node
}

/// Bites until nothing is ordered: what each has decided.
fn bites(node: &mut Node) -> Vec<Vec<Entry>> {
    let mut bites = Vec::new();
    loop {
        let mut is_over = false;
        let decided = node.decide(|connection| {
            let bite = purge::bite(connection, THEN)?;
            is_over = bite.is_none();
            Ok(bite.unwrap_or_default())
        });
        if is_over {
            return bites;
        }
        bites.push(decided.into_iter().map(|(entry, _)| entry).collect());
    }
}

fn targets(bites: &[Vec<Entry>]) -> Vec<(RoomId, Offset)> {
    let of = |entry: &Entry| match entry {
        Entry::Append(Append { room, body: Body::Purge { targets, .. }, .. }) => {
            targets.iter().map(|&target| (*room, target)).collect()
        }
        _ => Vec::new(),
    };
    let mut all: Vec<_> = bites.iter().flatten().flat_map(of).collect();
    all.sort_unstable();
    all
}

fn count(node: &Node, condition: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM events WHERE {condition}");
    node.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// At the edges of bites, and where nothing was for long.
fn here_and_there() -> (i64, Vec<i64>) {
    let stride = purge::STRIDE;
    (5 * stride, vec![1, 2, stride, stride + 1, 4 * stride, 5 * stride - 1, 5 * stride])
}

#[test]
fn a_purge_finds_everything_however_far_apart() {
    let (all, at) = here_and_there();
    let mut node = crowded(all, &at);
    let order = deed(None, Act::Purge { person: SOMEBODY, room: None, since: Millis::MIN });
    // Said after the order: it stays.
    assert!(node.apply(&[order, text(1, SOMEBODY, "after")]).iter().all(Result::is_ok));
    let bites = bites(&mut node);
    assert_eq!(bites.len(), 5);
    let mut places: Vec<_> = at.iter().map(|id| (1 + *id as u64 % 2, (*id as u64).div_ceil(2))).collect();
    places.sort_unstable();
    assert_eq!(targets(&bites), places);
    assert_eq!(count(&node, "author = 1 AND kind < 2"), 1);
    assert_eq!(count(&node, "author = 2 AND kind < 2"), all - at.len() as i64);
    assert!(matches!(bites.last().unwrap()[..], [Entry::Append(_), Entry::Append(_), Entry::Purged { .. }]));
}

/// However much was said elsewhere, only the room is walked through; and what is given up costs nothing.
#[test]
fn a_purge_of_one_room_walks_through_it_alone() {
    let (all, at) = here_and_there();
    let mut node = crowded(all, &at);
    let order = deed(None, Act::Purge { person: SOMEBODY, room: Some(2), since: Millis::MIN });
    assert!(node.apply(&[order, text(2, SOMEBODY, "after")]).iter().all(Result::is_ok));
    let in_two = bites(&mut node);
    assert_eq!(in_two.len(), 3, "half of the events are in it");
    let odd = at.iter().filter(|id| *id % 2 == 1);
    assert_eq!(targets(&in_two), odd.map(|id| (2, (*id as u64).div_ceil(2))).collect::<Vec<_>>());
    assert_eq!(
        count(&node, "author = 1 AND room = 1 AND kind < 2"),
        at.iter().filter(|id| *id % 2 == 0).count() as i64
    );

    let before = all as u64 / 2;
    let order = deed(None, Act::Purge { person: SOMEBODY, room: Some(1), since: Millis::MIN });
    assert!(node.apply(&[Entry::Prune { room: 1, before }, order]).iter().all(Result::is_ok));
    let in_one = bites(&mut node);
    assert_eq!(in_one.len(), 1);
    assert_eq!(targets(&in_one), [(1, before)]);
}

/// An entry that takes a name away is applied by walking as far as it says.
#[test]
fn a_name_goes_from_everything_a_bit_at_a_time() {
    let (all, at) = here_and_there();
    let mut node = crowded(all, &at);
    node.transact(|connection, _| {
        let sql = "UPDATE events SET author = 1, author_name = 'Ann' WHERE id BETWEEN ?1 AND ?1 + 299";
        connection.execute(sql, [3 * purge::STRIDE])
    });
    let own = count(&node, "author = 1");
    assert!(node.apply(&[deed(SOMEBODY, Act::Erase { person: SOMEBODY, words: false })])[0].is_ok());
    let bites = bites(&mut node);
    let ranges: Vec<u64> = bites
        .iter()
        .flatten()
        .filter_map(
            |entry| if let Entry::Unname { after, upto, .. } = entry { Some(upto - after) } else { None },
        )
        .collect();
    assert_eq!(bites.len(), 6, "300 of one person are more than one bite");
    assert!(ranges.iter().all(|&range| (1..=purge::STRIDE as u64).contains(&range)), "{ranges:?}");
    assert_eq!(
        (count(&node, "author_name = 'gone-1'"), count(&node, "author_name = 'Ben'")),
        (own, all - own)
    );
}

/// Page by page, some of them empty, by the mark that each of them has.
#[test]
fn one_finds_all_that_one_said_however_far_apart() {
    let stride = looks::STRIDE;
    let at = [1, 2, stride, stride + 1, 3 * stride, 3 * stride + 1, 8 * stride];
    let node = crowded(8 * stride, &at);
    for limit in [1, 2, 100] {
        let (mut found, mut before, mut pages, mut empty) = (Vec::new(), None, 0, 0);
        loop {
            let page = looks::mine(&node.connection, SOMEBODY, before, limit).unwrap();
            let Found::Mine { hits, before: next } = page else { panic!("{page:?}") };
            assert!(hits.len() <= limit && hits.iter().all(|hit| hit.event.author == SOMEBODY));
            (pages, empty) = (pages + 1, empty + u32::from(hits.is_empty()));
            found.extend(hits.iter().map(|hit| hit.mark as i64));
            assert!(next < before || before.is_none(), "it comes to an end");
            before = next;
            if before.is_none() {
                break;
            }
        }
        assert!(found.iter().eq(at.iter().rev()), "{limit}: {found:?}");
        assert!(pages <= 8 + at.len() && empty > 0, "{limit}: {pages}, {empty}");
    }
    let nothing = looks::mine(&node.connection, SOMEBODY, Some(0), 9);
    assert!(matches!(nothing, Ok(Found::Mine { hits, before: None }) if hits.is_empty()));
    let last = looks::mine(&node.connection, SOMEBODY, Some(2), 9);
    assert!(matches!(last, Ok(Found::Mine { hits, before: None }) if hits.len() == 1));
    let beyond = looks::mine(&node.connection, SOMEBODY, Some(u64::MAX), 1);
    assert!(matches!(beyond, Ok(Found::Mine { before: Some(before), .. }) if before == 8 * stride as u64));
}
