//! What other threads have posted.

use super::EventLoop;
use crate::server::Handler;

impl<M, H: Handler<M>> EventLoop<M, H> {
    /// Reads so many letters at most.
    #[inline]
    pub(super) fn read_letters(&mut self, budget: usize) {
        if self.letters.is_waiting() {
            self.read_those_that_wait(budget);
        }
    }

    #[inline(never)]
    fn read_those_that_wait(&mut self, budget: usize) {
        for _ in 0..budget {
            let Some(letter) = self.letters.next() else {
                return;
            };
            if let Some(mail) = letter.carry_out(&mut self.peers) {
                self.handler.on_mail(&mut self.peers, mail);
            }
            self.peers.act_on_facts();
        }
    }
}
