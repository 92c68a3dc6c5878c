//! People who come for the first time while the chat is killed: whoever was given a token is that person for ever.

use std::sync::atomic::Ordering;

use pollcat_testing::dice::Dice;
use serde_json::json;

use crate::line::{Cut, Line};
use crate::listener::{number, text};
use crate::talker::Stage;

/// Somebody who was welcomed, and promised to be known.
#[derive(Debug, Clone)]
struct Known {
    id: u64,
    name: String,
    token: String,
}

/// Come, go, and come back until it is done; then everybody comes back once more. How many there were.
pub(crate) fn come_and_go(stage: &Stage, mut dice: Dice) -> usize {
    let (mut known, mut count): (Vec<Known>, _) = (Vec::new(), 0);
    while !stage.done.load(Ordering::Relaxed) {
        let mut line = Line::connect(stage.address);
        // Whoever is cut off before the welcome has been promised nothing.
        let _ = if known.is_empty() || dice.one_in(2) {
            count += 1;
            come(&mut line, &format!("newcomer{count}")).map(|somebody| known.extend(somebody))
        } else {
            come_back(&mut line, &known[dice.below(known.len())])
        };
        line.cut(&mut dice);
    }
    for somebody in &known {
        while come_back(&mut Line::connect(stage.address), somebody).is_err() {}
    }
    known.len()
}

/// `None`: welcomed without a token, as the disk was full.
fn come(line: &mut Line, name: &str) -> Result<Option<Known>, Cut> {
    line.send(&json!({"type": "hello", "name": name}))?;
    let welcome = line.wait_for("welcome")?;
    let (id, token) = (number(&welcome["user"], "id"), welcome["token"].as_str());
    assert_eq!((&welcome["new"], text(&welcome["user"], "name")), (&json!(true), name), "{welcome}");
    Ok(token.map(|token| Known { id, name: name.into(), token: token.into() }))
}

fn come_back(line: &mut Line, somebody: &Known) -> Result<(), Cut> {
    line.send(&json!({"type": "hello", "token": somebody.token}))?;
    let welcome = line.wait_for("welcome")?;
    let (id, name) = (number(&welcome["user"], "id"), text(&welcome["user"], "name"));
    assert_eq!((id, name), (somebody.id, somebody.name.as_str()), "{welcome}");
    assert_eq!(welcome["new"], false, "{welcome}");
    Ok(())
}
