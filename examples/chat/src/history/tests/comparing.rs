//! Tables that differ are found, and files that are only kept in another way are not.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::digest::{Kinds, lead};
use super::following::logged;
use super::node::Node;
use super::searching::Dice;
use super::*;
use crate::history::comparing::{self, LASTS, compare};
use crate::history::{Behind, Bite, Digest, Key, Logged};

/// All bites, each of so many rows.
fn walk(node: &Node, rows: u32) -> Vec<Digest> {
    let (mut behind, mut digests): (Option<Behind>, _) = (None, Vec::new());
    loop {
        let bite = Bite { rows, ..comparing::next(behind) };
        match compare(&node.connection, &node.progress, &bite).unwrap().unwrap() {
            Done::Compared { rows: Some(digest), behind: next } => {
                digests.push(digest);
                behind = next;
            }
            other => panic!("{other:?}"),
        }
        if behind.is_none() {
            return digests;
        }
    }
}

/// Makes one row of a table another one. False: there is none, or it cannot be.
fn change(connection: &Connection, (table, order): (&str, &str), column: &str) -> bool {
    let values =
        [format!("{column} + 1"), format!("{column} || 'x'"), "x'01'".into(), "1".into(), "'x'".into()];
    values.iter().any(|value| {
        let sql = format!(
            "UPDATE OR IGNORE {table} SET {column} = {value}
             WHERE ({order}) = (SELECT {order} FROM {table} ORDER BY {order} DESC LIMIT 1)
               AND {column} IS NOT {value} AND ({column} IS NULL) = ({value} IS NOT NULL AND {column} IS NULL)"
        );
        matches!(connection.execute(&sql, []), Ok(1))
    })
}

/// Every column of every table: one row of it is another one, and that is seen. What is in the row of `state` has tests of its own.
#[test]
fn a_row_that_differs_is_seen_whatever_it_is() {
    let mut unseen: BTreeSet<String> = BTreeSet::new();
    for (table, columns, _) in LASTS.iter().filter(|(table, ..)| *table != "state") {
        unseen.extend(columns.split(' ').map(|column| format!("{table}.{column}")));
    }
    let template = Node::new();
    for run in 0..1000 {
        if unseen.is_empty() {
            break;
        }
        let mut dice = Dice::new(run * 7919);
        let mut node = Node::like(&template);
        lead(&mut node, &mut dice, &mut Kinds::default());
        let rows = [1, 3, 20, 1000][dice.below(4)];
        let before = walk(&node, rows);
        for column in unseen.clone() {
            let (table, name) = column.split_once('.').unwrap();
            let (_, _, order) = LASTS.iter().find(|(known, ..)| *known == table).unwrap();
            node.connection.execute_batch("SAVEPOINT before").unwrap();
            if change(&node.connection, (table, order), name) {
                assert_ne!(walk(&node, rows), before, "{column}");
                unseen.remove(&column);
            }
            node.connection.execute_batch("ROLLBACK TO before; RELEASE before").unwrap();
        }
        assert_eq!(walk(&node, rows), before);
    }
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn the_numbers_that_are_given_out_next_are_compared_too() {
    let mut node = Node::new();
    node.apply(&[arrive(1, "Ann"), create(1, "tea")]);
    let mut seen = BTreeSet::from([walk(&node, 9)]);
    for sql in ["UPDATE state SET door = 1", "UPDATE state SET picture_bytes = 7"] {
        node.connection.execute_batch(sql).unwrap();
        assert!(seen.insert(walk(&node, 9)), "{sql}");
    }
    let changes: [fn(&mut Progress); 4] = [
        |progress| progress.next_event += 1,
        |progress| progress.next_person += 1,
        |progress| progress.next_room += 1,
        |progress| progress.next_number += 1,
    ];
    for change in changes {
        change(&mut node.progress);
        assert!(seen.insert(walk(&node, 9)));
    }
}

/// Also if the entry is by another version, or by nobody who knows what it says.
#[test]
fn tables_of_other_versions_are_not_compared() {
    let node = Node::new();
    let ask = |bite| compare(&node.connection, &node.progress, &bite).unwrap().unwrap();
    let own = comparing::next(None);
    let other = Bite { form: own.form + 1, ..own.clone() };
    assert_eq!(ask(other), Done::Compared { rows: None, behind: None });
    let hex = |digits: &str| Key::Hex(digits.into());
    let keys = [
        vec![],
        (1..5).map(Key::Number).collect(),
        vec![hex("0")],
        vec![hex("äö")],
        vec![hex("zz"), Key::Number(1)],
    ];
    for key in keys {
        for table in ["members", "people", "nothing"] {
            let behind = Behind { table: table.into(), key: key.clone() };
            let done = ask(Bite { behind: Some(behind), ..own.clone() });
            assert!(matches!(done, Done::Compared { rows: Some(_), behind: None }), "{table} {key:?}");
        }
    }
}

/// In what batches it was applied, what was indexed meanwhile, and when the program was started again.
#[test]
fn the_digest_of_a_log_does_not_tell_how_a_file_is_kept() {
    let template = Node::new();
    for run in 0..200 {
        let mut dice = Dice::new(run * 104_729);
        let entries = lead(&mut Node::like(&template), &mut dice, &mut Kinds::default());
        let log: Vec<Logged<u64>> =
            (1..).zip(entries).map(|(n, (entry, _))| logged(n, "a", n, entry)).collect();
        let [one, other] = [(); 2].map(|()| {
            let mut node = Node::like(&template);
            let mut rest = &log[..];
            while !rest.is_empty() {
                let (batch, behind) = rest.split_at(rest.len().min(1 + dice.below(20)));
                match dice.below(4) {
                    0 => node.restart(),
                    1 | 2 => node.index(),
                    _ => {}
                }
                node.follow(batch);
                rest = behind;
            }
            (node.digest(), node.tables())
        });
        assert_eq!(one.1, other.1, "run {run}");
        assert_eq!(one.0, other.0, "run {run}");
    }
}
