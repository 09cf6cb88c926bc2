//! Who may come in: how many connections at one time, whose, and which goes first when there is no more room.
//!
//! A connection that does nothing costs little, so it may stay until somebody needs its place. Then the one that has
//! been waiting longest goes; one whose answer is being made stays. This decides and must not know of sockets.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::{AbortHandle, Id};

/// Open connections at one time.
pub(super) const CONNECTIONS_MAX: usize = 512;
/// Of these from one address; a classroom may share one.
pub(super) const PER_ADDRESS_MAX: usize = 200;

/// An answer is being made.
const BUSY: u64 = u64::MAX;

/// What a connection is doing.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    /// [`BUSY`], or the count of turns when it began to wait.
    since: Arc<AtomicU64>,
    turns: Arc<AtomicU64>,
}

impl Turn {
    /// An answer is being made from now until [`Turn::waits`].
    pub(super) fn is_busy(&self) {
        self.since.store(BUSY, Ordering::Relaxed);
    }

    /// The answer is made; what comes next is up to the other side.
    pub(super) fn waits(&self) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        self.since.store(turn, Ordering::Relaxed);
    }
}

/// Everybody who is inside.
#[derive(Debug, Default)]
pub(super) struct Doors {
    inside: HashMap<Id, Guest>,
    by_address: HashMap<IpAddr, usize>,
    turns: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Guest {
    /// Whose connection it is; nothing where addresses are not counted.
    address: Option<IpAddr>,
    turn: Turn,
    task: AbortHandle,
}

impl Doors {
    /// What a new connection says its turns with.
    pub(super) fn turn(&self) -> Turn {
        let turn = Turn {
            since: Arc::default(),
            turns: Arc::clone(&self.turns),
        };
        turn.waits();
        turn
    }

    /// Makes room for somebody from `peer`; says whether there is some.
    pub(super) fn make_room(&mut self, peer: SocketAddr) -> bool {
        let address = counted(peer.ip());
        let theirs = address.map_or(0, |it| self.by_address.get(&it).copied().unwrap_or(0));
        if theirs >= PER_ADDRESS_MAX {
            return self.show_out(|guest| guest.address == address);
        }
        self.inside.len() < CONNECTIONS_MAX || self.show_out(|_| true)
    }

    /// Notes who came in.
    pub(super) fn came(&mut self, peer: SocketAddr, turn: Turn, task: AbortHandle) {
        let address = counted(peer.ip());
        if let Some(address) = address {
            *self.by_address.entry(address).or_default() += 1;
        }
        let guest = Guest {
            address,
            turn,
            task,
        };
        self.inside.insert(guest.task.id(), guest);
    }

    /// Notes who went.
    pub(super) fn went(&mut self, id: Id) {
        let Some(address) = self.inside.remove(&id).and_then(|guest| guest.address) else {
            return;
        };
        if let Some(theirs) = self.by_address.get_mut(&address) {
            *theirs -= 1;
            if *theirs == 0 {
                self.by_address.remove(&address);
            }
        }
    }

    /// Has the one go who has been waiting longest among these, if any waits.
    fn show_out(&mut self, among: impl Fn(&Guest) -> bool) -> bool {
        let since = |guest: &Guest| guest.turn.since.load(Ordering::Relaxed);
        let waiting = self.inside.values().filter(|guest| among(guest));
        let longest = waiting
            .filter(|guest| since(guest) != BUSY)
            .min_by_key(|guest| since(guest));
        let Some(task) = longest.map(|guest| guest.task.clone()) else {
            return false;
        };
        task.abort();
        self.went(task.id());
        true
    }
}

/// The address that is counted, for IPv6 the network that one household has. Who comes from this machine or the
/// network around it is a proxy for others, or at home here.
pub(super) fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        IpAddr::V4(v4) if v4.is_loopback() || v4.is_private() || v4.is_link_local() => None,
        IpAddr::V4(v4) => Some(IpAddr::V4(v4)),
        IpAddr::V6(v6)
            if v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() =>
        {
            None
        }
        IpAddr::V6(v6) => {
            let network = v6.to_bits() & !u128::from(u64::MAX);
            Some(IpAddr::V6(network.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    fn peer(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 4_000)
    }

    struct House {
        doors: Doors,
        tasks: JoinSet<()>,
    }

    impl House {
        fn new() -> Self {
            let (doors, tasks) = (Doors::default(), JoinSet::new());
            Self { doors, tasks }
        }

        fn enters(&mut self, from: &str) -> Option<(Turn, AbortHandle)> {
            if !self.doors.make_room(peer(from)) {
                return None;
            }
            let turn = self.doors.turn();
            let task = self.tasks.spawn(std::future::pending());
            self.doors.came(peer(from), turn.clone(), task.clone());
            Some((turn, task))
        }
    }

    /// Waits until a task that was told to end has done so.
    async fn ended(task: &AbortHandle) -> bool {
        for _ in 0..100 {
            if task.is_finished() {
                return true;
            }
            tokio::task::yield_now().await;
        }
        false
    }

    #[tokio::test]
    async fn who_has_waited_longest_makes_room_and_who_is_answered_stays() {
        let mut house = House::new();
        let mut all = Vec::new();
        for _ in 0..CONNECTIONS_MAX {
            all.push(house.enters("127.0.0.1").unwrap());
        }
        all[0].0.is_busy();
        all[1].0.is_busy();
        all[1].0.waits();
        house.enters("127.0.0.1").unwrap();
        assert!(ended(&all[2].1).await);
        assert!(!all[0].1.is_finished() && !all[1].1.is_finished());
        assert_eq!(house.doors.inside.len(), CONNECTIONS_MAX);
    }

    #[tokio::test]
    async fn nobody_makes_room_where_all_are_being_answered() {
        let mut house = House::new();
        for _ in 0..CONNECTIONS_MAX {
            house.enters("127.0.0.1").unwrap().0.is_busy();
        }
        assert!(house.enters("127.0.0.1").is_none());
    }

    #[tokio::test]
    async fn one_address_has_its_share_and_makes_room_for_itself() {
        let mut house = House::new();
        let first = house.enters("192.0.2.1").unwrap();
        for _ in 1..PER_ADDRESS_MAX {
            house.enters("192.0.2.1").unwrap();
        }
        let other = house.enters("192.0.2.2").unwrap();
        house.enters("192.0.2.1").unwrap();
        assert!(ended(&first.1).await);
        assert!(!other.1.is_finished());
        assert_eq!(house.doors.by_address.len(), 2);
        let ids: Vec<Id> = house.doors.inside.keys().copied().collect();
        for id in ids {
            house.doors.went(id);
        }
        assert!(house.doors.by_address.is_empty());
    }

    #[test]
    fn addresses_are_counted_by_household_and_proxies_not_at_all() {
        let check = |address: &str, wanted: Option<&str>| {
            let wanted = wanted.map(|it| it.parse().unwrap());
            assert_eq!(counted(address.parse().unwrap()), wanted, "{address}");
        };
        check("127.0.0.1", None);
        check("::1", None);
        check("10.1.2.3", None);
        check("::ffff:192.168.1.1", None);
        check("fd00::1", None);
        check("192.0.2.7", Some("192.0.2.7"));
        check("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::"));
        check("2001:db8:1:2::9", Some("2001:db8:1:2::"));
    }
}
