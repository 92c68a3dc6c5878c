//! How the parts of a turn reach the server: frames in one write, or letters.

use pollcat_testing::client::{CLOSE, PING, TEXT, masked, upgrade_request};

use crate::model::Ending;
use crate::player::Mail;
use crate::script::{Call, Name, Part, Piece, Speaker, Way};
use crate::stage::Stage;

/// A frame of a kind that does not exist (§5.2).
const RESERVED: u8 = 0x83;

impl Stage {
    /// A peer's pieces are one write.
    pub(crate) fn say(&mut self, part: Part) {
        let (name, is_new) = match part.speaker {
            Speaker::Mail => {
                part.pieces.into_iter().for_each(|piece| self.post(piece));
                // When this is read, so are those before it.
                return self.post_script(Vec::new());
            }
            Speaker::Newcomer(name) => (name, true),
            Speaker::Peer(name) => (name, false),
        };
        let mut bytes = Vec::new();
        let (mut pings, mut sent, mut leaving) = (String::new(), 0, None);
        for piece in with_scripts_around_pings(part.pieces) {
            match piece {
                Piece::Script(calls) if is_new && sent == 0 => {
                    bytes.extend(self.request(name, calls));
                    sent += 1;
                }
                Piece::Script(calls) => {
                    let words = format!("{}{}", self.keep(calls), std::mem::take(&mut pings));
                    bytes.extend(masked(TEXT, words.as_bytes()));
                    sent += 1;
                }
                Piece::Ping => {
                    self.pings += 1;
                    pings += &format!(" {}", self.pings);
                    bytes.extend(masked(PING, self.pings.to_string().as_bytes()));
                }
                Piece::Goodbye => {
                    bytes.extend(masked(CLOSE, &1000_u16.to_be_bytes()));
                    leaving = Some(Ending::Close(1000));
                }
                Piece::Nonsense => {
                    bytes.extend(masked(RESERVED, b""));
                    leaving = Some(Ending::Close(1002));
                }
                Piece::End => leaving = Some(Ending::End),
            }
        }
        self.shared.change(|state| {
            let peer = &mut state.model.peers[name];
            peer.sent += sent;
            peer.leaving = peer.leaving.or(leaving);
        });
        let listener = self.listeners[name].as_mut().expect("who speaks is there");
        listener.write(&bytes);
        if leaving == Some(Ending::End) {
            listener.end();
        }
    }

    /// A newcomer's, with the script for `on_open`.
    fn request(&self, name: Name, calls: Vec<Call>) -> Vec<u8> {
        let extensions = match self.house.offers[name % self.house.offers.len()] {
            "" => String::new(),
            offer => format!("Sec-WebSocket-Extensions: {offer}\r\n"),
        };
        let script = self.keep(calls);
        upgrade_request(&format!("Name: {name}\r\nScript: {script}\r\n{extensions}")).into_bytes()
    }

    /// A script's number.
    pub(crate) fn keep(&self, calls: Vec<Call>) -> usize {
        let mut state = self.shared.look();
        state.scripts.push(calls);
        state.scripts.len() - 1
    }

    /// All of it is one letter.
    pub(crate) fn post_script(&self, calls: Vec<Call>) {
        let script = self.keep(calls);
        self.shared.change(|state| state.posted += 1);
        assert!(self.running.mailbox.deliver(Mail::Script(script)).is_ok(), "the mailbox has room");
    }

    /// Each call is a letter of its own; `on_mail` does those for which the mailbox has no word.
    fn post(&mut self, piece: Piece) {
        let Piece::Script(calls) = piece else { panic!("{piece:?} is not for a mailbox") };
        let mailbox = &self.running.mailbox;
        let deliver = |mail| assert!(mailbox.deliver(mail).is_ok(), "the mailbox has room");
        for call in calls {
            let id = |name: Name| self.shared.look().model.peers.get(name).and_then(|peer| peer.id);
            let posted = match call {
                Call::Say(Way::Send(to), said) => id(to).map(|id| {
                    deliver(Mail::Follows(call));
                    said.say(|message| mailbox.send(id, message))
                }),
                Call::Say(Way::Publish(topic), said) => {
                    deliver(Mail::Follows(call));
                    Some(said.say(|message| mailbox.publish(topic, message)))
                }
                Call::Say(Way::Broadcast, said) => {
                    deliver(Mail::Follows(call));
                    Some(said.say(|message| mailbox.broadcast(message)))
                }
                Call::Close(who) => id(who).map(|id| {
                    deliver(Mail::Follows(call));
                    mailbox.close(id, pollcat::CloseCode::NORMAL, "")
                }),
                _ => {
                    self.post_script(vec![call]);
                    None
                }
            };
            assert!(posted.is_none_or(|posted| posted.is_ok()), "the mailbox has room");
        }
    }
}

/// So the model knows between which messages a Pong has its place.
fn with_scripts_around_pings(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let is_script = |piece: &Piece| matches!(piece, Piece::Script(_));
    let is_ping = |piece: &Piece| matches!(piece, Piece::Ping);
    if !pieces.first().is_some_and(is_script) {
        pieces.insert(0, Piece::Script(Vec::new()));
    }
    let (last_script, last_ping) = (pieces.iter().rposition(is_script), pieces.iter().rposition(is_ping));
    if let Some(last_ping) = last_ping
        && last_script < Some(last_ping)
    {
        pieces.insert(last_ping + 1, Piece::Script(Vec::new()));
    }
    pieces
}
