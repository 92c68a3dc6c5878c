//! A handler that does what the scripts say, and tells the model of every call as it makes it.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use pollcat::{Delivery, Departure, Handler, Message, PeerId, Peers, Request};
use pollcat_testing::client::PATIENCE;

use crate::model::{Model, Slow, Stage};
use crate::script::{Call, Name, Said, Way};

/// What the test and the handler both see.
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

pub(crate) struct State {
    pub(crate) model: Model,
    pub(crate) scripts: Vec<Vec<Call>>,
    /// The loop stands still, because of this.
    pub(crate) stands: Option<Call>,
    /// A script is being done.
    pub(crate) is_busy: bool,
    /// Letters with scripts, and those of them that were done.
    pub(crate) posted: usize,
    pub(crate) read: usize,
    /// The loop has ended.
    over: bool,
    /// Clients that do not read.
    pub(crate) paused: BTreeSet<Name>,
    /// Of messages that no script says.
    own: u32,
}

/// A letter for `on_mail`.
pub(crate) enum Mail {
    Script(usize),
    /// The next letter is this call.
    Follows(Call),
}

pub(crate) struct Player(pub(crate) Arc<Shared>);

impl Shared {
    pub(crate) fn new(slow: Slow) -> Self {
        let state = State {
            model: Model::new(slow),
            scripts: Vec::new(),
            stands: None,
            is_busy: false,
            posted: 0,
            read: 0,
            over: false,
            paused: BTreeSet::new(),
            own: 50_000_000,
        };
        Shared { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a handler that panicked has ended the test")
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.look());
        self.changed.notify_all();
    }

    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.wait_perhaps(&is_so).unwrap_or_else(|| panic!("waited in vain until {what}"))
    }

    /// `None` if it has not come to be so.
    pub(crate) fn wait_perhaps(&self, is_so: impl Fn(&State) -> bool) -> Option<MutexGuard<'_, State>> {
        let goes_on = |state: &mut State| !state.over && !is_so(state);
        let result = self.changed.wait_timeout_while(self.look(), PATIENCE, goes_on);
        let (state, _) = result.expect("a handler that panicked has ended the test");
        if !is_so(&state) {
            println!(
                "the loop stands still for {:?}; over: {}; do not read: {:?}",
                state.stands, state.over, state.paused
            );
            state.model.peers.iter().enumerate().for_each(|(name, peer)| println!("{name}: {peer}"));
        }
        is_so(&state).then_some(state)
    }

    /// Returns when this client may read.
    pub(crate) fn wait_to_read(&self, name: Name) {
        let result = self.changed.wait_while(self.look(), |state| state.paused.contains(&name));
        drop(result.expect("a handler that panicked has ended the test"));
    }
}

impl State {
    /// A message that no script says.
    fn own_message(&mut self) -> Said {
        self.own += 1;
        Said { number: self.own, length: 30, key: None }
    }
}

impl Player {
    fn perform(&self, peers: &mut Peers, script: usize) {
        let calls = {
            let mut state = self.0.look();
            state.is_busy = true;
            std::mem::take(&mut state.scripts[script])
        };
        for call in calls {
            self.carry_out(peers, call);
            if matches!(call, Call::Wait | Call::Tear(_)) {
                self.0.change(|state| state.stands = Some(call));
                drop(self.0.wait("the loop may go on", |state| state.stands.is_none()));
            }
        }
    }

    /// The model hears of it, and then it is done.
    fn carry_out(&self, peers: &mut Peers, call: Call) {
        let mut state = self.0.look();
        let model = &mut state.model;
        model.compare(peers);
        let id = |name: Name| model.peers[name].id;
        // Whoever has not come yet cannot be named.
        let (Call::Say(Way::Send(who) | Way::PublishFrom(who, _) | Way::BroadcastFrom(who), _)
        | Call::Subscribe(who, _)
        | Call::Unsubscribe(who, _)
        | Call::Close(who)) = call
        else {
            model.hear(call);
            match call {
                Call::Say(Way::Broadcast, said) => said.say(|message| peers.broadcast(message)),
                Call::Say(Way::Publish(topic), said) => said.say(|message| peers.publish(topic, message)),
                Call::Stop => peers.stop(),
                _ => {}
            }
            return;
        };
        let Some(id) = id(who) else { return };
        let is_open = model.is_open(who);
        model.hear(call);
        match call {
            Call::Say(Way::Send(_), said) => {
                let delivery = said.say(|message| peers.send(id, message));
                // Whoever is too slow, or whose connection is broken, may turn out to be so right now.
                let is_sure = model.slow != Slow::Close && model.peers[who].leaving.is_none();
                assert!(!is_sure || (delivery == Delivery::Gone) != is_open, "to {who}: {delivery:?}");
                assert!(model.slow != Slow::Wait || delivery != Delivery::Full, "to {who}");
            }
            Call::Say(Way::PublishFrom(_, topic), said) => {
                said.say(|message| peers.publish_from(id, topic, message));
            }
            Call::Say(_, said) => said.say(|message| peers.broadcast_from(id, message)),
            Call::Subscribe(_, topic) => peers.subscribe(id, topic),
            Call::Unsubscribe(_, topic) => peers.unsubscribe(id, topic),
            _ => peers.close(id, pollcat::CloseCode::NORMAL, ""),
        }
    }

    fn begin(&self) -> MutexGuard<'_, State> {
        let mut state = self.0.look();
        state.model.turn += 1;
        state
    }

    /// A peer's script is done.
    fn finish(&self, name: Name) {
        self.0.change(|state| {
            let peer = &mut state.model.peers[name];
            peer.done += 1;
            peer.mark = peer.expected.len();
            state.is_busy = false;
        });
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // If it has panicked, nobody need wait.
        if let Ok(mut state) = self.0.state.lock() {
            state.over = true;
        }
        self.0.changed.notify_all();
    }
}

impl Handler<Mail> for Player {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let number = |field| request.header(field).expect("every client says it").parse().expect("a number");
        let name = number("Name");
        self.begin().model.open(name, id);
        self.perform(peers, number("Script"));
        self.finish(name);
    }

    /// The script's number, and those of the Pings right before it.
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let Message::Text(words) = message else { panic!("{message:?}: scripts are text") };
        let mut numbers = words.split(' ').map(|number| number.parse::<u32>().expect("a number"));
        let script = numbers.next().expect("a script");
        let name = {
            let mut state = self.begin();
            let name = state.model.name_of(from);
            let peer = &mut state.model.peers[name];
            assert_eq!(peer.stage, Stage::Open, "who has left is not heard");
            peer.answer_pings(numbers);
            name
        };
        self.perform(peers, script as usize);
        self.finish(name);
    }

    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, missed: u64) {
        let mut state = self.begin();
        state.model.compare(peers);
        let name = state.model.name_of(id);
        assert!(
            missed == 0 || state.model.slow == Slow::Skip,
            "{missed} messages are left out for peer {name}"
        );
        state.model.peers[name].missed += missed;
        let word = state.own_message();
        drop(state);
        self.carry_out(peers, Call::Say(Way::Send(name), word));
        self.0.change(|_| {});
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        let (name, farewell, and_to_tea) = {
            let mut state = self.begin();
            state.model.compare(peers);
            let name = state.model.name_of(id);
            state.model.depart(name, departure);
            (name, state.own_message(), state.own_message())
        };
        self.carry_out(peers, Call::Say(Way::BroadcastFrom(name), farewell));
        // The first of all joins or leaves in between.
        let goes = if name.is_multiple_of(2) { Call::Subscribe } else { Call::Unsubscribe };
        self.carry_out(peers, goes(0, "tea"));
        self.carry_out(peers, Call::Say(Way::PublishFrom(name, "tea"), and_to_tea));
        self.0.change(|_| {});
    }

    fn on_mail(&mut self, peers: &mut Peers, mail: Mail) {
        let mut state = self.begin();
        match mail {
            Mail::Script(script) => {
                drop(state);
                self.perform(peers, script);
                self.0.change(|state| (state.read, state.is_busy) = (state.read + 1, false));
            }
            Mail::Follows(call) => {
                state.model.compare(peers);
                state.model.hear(call);
            }
        }
    }
}
