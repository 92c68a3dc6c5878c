//! One connection to Redis. A call fails with the first answer that does not come in time, and the connection with it.
//!
//! The package's own pipelines would wait for each of their answers in turn, three seconds for the first, three for the second, and so
//! on. So what is sent and what comes back is counted here.

use std::io;
use std::time::{Duration, Instant};

use redis::{
    Client, Cmd, Connection, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo,
    ServerError, Value, cmd,
};

use super::address::Where;
use super::faults;
use super::keys::Keys;
use crate::nodes::log::Fault;

/// A connection is there within this, or Redis is away.
const CONNECT: Duration = Duration::from_secs(2);
/// And an answer, beyond what was to be waited for.
const ANSWER: Duration = Duration::from_secs(3);
/// So small a piece is taken within this, or Redis is away. A whole command has no such limit: it may hold a large picture. While Redis
/// stands still, its system may go on to take a little now and then, so it does not do to wait for the first write that takes nothing.
const TAKEN: Duration = Duration::from_millis(1500);
const PIECE: usize = 16 * 1024;

pub(super) struct Link {
    connection: Connection,
    pub keys: Keys,
    pub keep: Duration,
    pub replicas: u32,
    /// For what is said of it.
    address: String,
    /// What it waits for an answer now: it is set when that changes.
    patience: Duration,
    /// Answers may still come that belong to nobody.
    broken: bool,
}

/// What one command has come to.
pub(super) type Answer = Result<Value, ServerError>;

impl Link {
    /// To one of the addresses.
    pub(super) fn connect(place: &Where, at: usize) -> Result<Self, Fault> {
        let url = place.urls.get(at).map_or("", String::as_str);
        let info = url.into_connection_info().map_err(|error| faults::of_connection(&error))?;
        let address = info.addr().to_string();
        let connection = open(place, &info).map_err(|fault| of(&address, fault))?;
        let keys = Keys::new(&place.name).ok_or_else(|| {
            Fault::Refused("a log's name has 1 to 64 letters (a to z), digits, `-`, `_` and `.`".into())
        })?;
        let mut link = Link {
            connection,
            keys,
            keep: place.keep,
            replicas: place.replicas,
            address,
            patience: Duration::ZERO,
            broken: false,
        };
        link.introduce(info.redis_settings())?;
        Ok(link)
    }

    /// Says who this is, and which of Redis's databases is meant.
    fn introduce(&mut self, who: &RedisConnectionInfo) -> Result<(), Fault> {
        let mut cmds = Vec::new();
        if let Some(password) = who.password() {
            let mut auth = cmd("AUTH");
            cmds.push(auth.arg(who.username()).arg(password).clone());
        }
        if who.db() != 0 {
            cmds.push(cmd("SELECT").arg(who.db()).clone());
        }
        if cmds.is_empty() {
            return Ok(());
        }
        let answers = self.ask(&cmds, Duration::ZERO)?;
        answers.into_iter().try_for_each(|answer| self.good(answer).map(drop))
    }

    /// Sends commands, and gives what each of them has come to. Waits for so long if one of them blocks.
    pub(super) fn ask(&mut self, cmds: &[Cmd], wait: Duration) -> Result<Vec<Answer>, Fault> {
        if self.broken {
            return Err(self.fault(Fault::Away("its connection has failed".into())));
        }
        self.broken = true; // until all is well
        let answers = self.exchange(cmds, ANSWER + wait);
        let answers = answers.map_err(|error| self.fault(faults::of_connection(&error)))?;
        self.broken = false;
        Ok(answers)
    }

    /// One command.
    pub(super) fn one(&mut self, cmd: &Cmd) -> Result<Answer, Fault> {
        let mut answers = self.ask(std::slice::from_ref(cmd), Duration::ZERO)?;
        Ok(answers.pop().expect("there are as many answers as commands"))
    }

    /// All of these at once, or none of them. `None`: what was watched has changed, and none of them was.
    pub(super) fn all_or_none(&mut self, cmds: &[Cmd]) -> Result<Option<Vec<Answer>>, Fault> {
        let whole: Vec<Cmd> = [&[cmd("MULTI")], cmds, &[cmd("EXEC")]].concat();
        let mut answers = self.ask(&whole, Duration::ZERO)?;
        let exec = answers.pop().expect("EXEC has an answer");
        // A command that is refused when it is queued says why, and better than EXEC.
        for answer in answers {
            self.good(answer)?;
        }
        match self.good(exec)? {
            Value::Nil => Ok(None),
            Value::Array(answers) if answers.len() == cmds.len() => {
                Ok(Some(answers.into_iter().map(Value::into_answer).collect()))
            }
            other => Err(self.strange(&other)),
        }
    }

    /// An answer that is no error.
    pub(super) fn good(&self, answer: Answer) -> Result<Value, Fault> {
        answer.map_err(|error| self.fault(faults::of_answer(&error)))
    }

    /// An answer that says what was expected of it.
    pub(super) fn read<T: redis::FromRedisValue>(&self, answer: Answer) -> Result<T, Fault> {
        let value = self.good(answer)?;
        T::from_redis_value(value)
            .map_err(|error| self.fault(Fault::Away(format!("no answer of Redis: {error}"))))
    }

    /// An answer to TIME, in milliseconds: it is in seconds, and in microseconds beyond them.
    pub(super) fn time(&self, answer: Answer) -> Result<i64, Fault> {
        let (seconds, micros): (i64, i64) = self.read(answer)?;
        Ok(seconds.saturating_mul(1000).saturating_add(micros / 1000))
    }

    pub(super) fn strange(&self, value: &Value) -> Fault {
        self.fault(Fault::Away(format!("no answer of Redis: {value:?}")))
    }

    /// With the place where it has happened.
    pub(super) fn fault(&self, fault: Fault) -> Fault {
        of(&self.address, fault)
    }

    fn exchange(&mut self, cmds: &[Cmd], patience: Duration) -> redis::RedisResult<Vec<Answer>> {
        if self.patience != patience {
            self.connection.set_read_timeout(Some(patience))?;
            self.connection.set_write_timeout(Some(TAKEN))?;
            self.patience = patience;
        }
        let mut bytes = Vec::new();
        for cmd in cmds {
            cmd.write_packed_command(&mut bytes);
        }
        for piece in bytes.chunks(PIECE) {
            let began = Instant::now();
            self.connection.send_packed_command(piece)?;
            if began.elapsed() > TAKEN {
                return Err(io::Error::from(io::ErrorKind::TimedOut).into());
            }
        }
        cmds.iter().map(|_| self.connection.recv_response().map(Value::into_answer)).collect()
    }
}

trait IntoAnswer {
    fn into_answer(self) -> Answer;
}

impl IntoAnswer for Value {
    fn into_answer(self) -> Answer {
        match self {
            Value::ServerError(error) => Err(error),
            value => Ok(value),
        }
    }
}

fn of(address: &str, fault: Fault) -> Fault {
    let with = |words: String| format!("Redis at {address}: {words}");
    match fault {
        Fault::Away(words) => Fault::Away(with(words)),
        Fault::Refused(words) => Fault::Refused(with(words)),
        Fault::Lost(words) => Fault::Lost(with(words)),
        Fault::Blocked(words) => Fault::Blocked(with(words)),
    }
}

/// Who this is is said later (`introduce`), in the same way as everything else, and within the same time.
fn open(place: &Where, info: &ConnectionInfo) -> Result<Connection, Fault> {
    let nobody = RedisConnectionInfo::default().set_skip_set_lib_name();
    let client = client(place, info.clone().set_redis_settings(nobody));
    client
        .and_then(|client| client.get_connection_with_timeout(CONNECT))
        .map_err(|error| faults::of_connection(&error))
}

#[cfg(feature = "tls")]
fn client(place: &Where, info: ConnectionInfo) -> redis::RedisResult<Client> {
    match (&place.authority, info.addr()) {
        (Some(authority), ConnectionAddr::TcpTls { .. }) => {
            let root_cert = Some(authority.clone());
            Client::build_with_tls(info, redis::TlsCertificates { client_tls: None, root_cert })
        }
        _ => Client::open(info),
    }
}

#[cfg(not(feature = "tls"))]
fn client(_: &Where, info: ConnectionInfo) -> redis::RedisResult<Client> {
    debug_assert!(
        !matches!(info.addr(), ConnectionAddr::TcpTls { .. }),
        "its address would not have been read"
    );
    Client::open(info)
}
