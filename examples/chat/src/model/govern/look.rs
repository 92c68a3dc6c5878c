//! The tables as the history would keep them, for tests.

use super::Govern;
use crate::history::Governed;

impl Govern {
    pub(in crate::model) fn governed(&self) -> Governed {
        let mut rooms: Vec<_> = self.traits.values().cloned().collect();
        rooms.sort_unstable_by_key(|traits| traits.room);
        let avatars = self.avatars.iter().map(|(&person, (id, size))| (person, id.clone(), *size));
        let mut avatars: Vec<_> = avatars.collect();
        avatars.sort_unstable();
        let mut admins: Vec<_> = self.admins.values().cloned().collect();
        admins.sort_unstable_by_key(|admin| admin.number);
        Governed {
            roles: self.roles.iter().map(|(&id, &role)| (id, role)).collect(),
            ops: self.ops.iter().copied().collect(),
            restraints: self.restraints.iter().cloned().collect(),
            rooms,
            invites: self.invites.iter().cloned().collect(),
            door: self.door,
            announcement: self.announcement.clone(),
            avatars,
            admins,
            reports: self.reports.iter().collect(),
            erasing: self.erasing().cloned().collect(),
        }
    }
}
