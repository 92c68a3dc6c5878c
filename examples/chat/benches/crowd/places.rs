//! A company's rooms: everybody is in the lobby, in a hall with a tenth of all, and in a team of twenty.

use std::ops::Range;

use pollcat_chat_testing::crowd::Swarm;

const HALLS: usize = 10;
const TEAM: usize = 20;
/// More joins at once than this would be too many for the disk.
const TOGETHER: usize = 500;
/// Nobody may ask for more while they wait for answers.
const AT_ONCE: usize = 16;

/// They come in and enter their rooms. The rooms are made before, while few hear of it, by somebody who leaves again.
pub(crate) fn settle(swarm: &mut Swarm, number: usize) -> Range<usize> {
    let founder = swarm.add(1).start;
    swarm.settle(founder..founder + 1);
    let rooms: Vec<String> = (0..HALLS).map(hall).chain((0..number.div_ceil(TEAM)).map(team)).collect();
    for some in rooms.chunks(AT_ONCE) {
        for room in some {
            swarm.people[founder].say(&format!(r#"{{"type":"join","room":"{room}","create":true}}"#));
        }
        swarm.until("there are rooms", |swarm| some.iter().all(|room| swarm.people[founder].is_in(room)));
    }
    let all = swarm.add(number);
    swarm.settle(all.clone());
    let numbers: Vec<usize> = (0..number).collect();
    for some in numbers.chunks(TOGETHER) {
        for &place in some {
            for room in rooms_of(place) {
                swarm.people[all.start + place].say(&format!(r#"{{"type":"join","room":"{room}"}}"#));
            }
        }
        swarm.until("everybody is in their rooms", |swarm| {
            let is_in =
                |place: usize| rooms_of(place).iter().all(|room| swarm.people[all.start + place].is_in(room));
            some.iter().all(|&place| is_in(place))
        });
    }
    for some in rooms.chunks(AT_ONCE) {
        let left = swarm.people[founder].acknowledged + some.len();
        for room in some {
            swarm.people[founder].say(&format!(r#"{{"type":"leave","id":"1","room":"{room}"}}"#));
        }
        swarm.until("they are left", |swarm| swarm.people[founder].acknowledged == left);
    }
    swarm.leave(founder);
    all
}

fn rooms_of(place: usize) -> [String; 2] {
    [hall(place % HALLS), team(place / TEAM)]
}

fn hall(number: usize) -> String {
    format!("hall-{number}")
}

fn team(number: usize) -> String {
    format!("team-{number}")
}
