//! API Gateway's open sockets: what was pushed to each, and how each takes it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Answer;

/// How a socket takes frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Taking {
    /// At once.
    #[default]
    Frames,
    /// After so many milliseconds.
    After(u64),
    /// Never: API Gateway answers that it failed.
    Nothing,
}

#[derive(Debug, Default)]
struct Socket {
    frames: Vec<Value>,
    taking: Taking,
}

/// The sockets of one stage.
#[derive(Debug, Default)]
pub struct ApiGateway {
    sockets: BTreeMap<String, Socket>,
}

impl ApiGateway {
    /// Opens a socket.
    pub fn open(&mut self, connection: &str) {
        self.sockets.insert(connection.to_owned(), Socket::default());
    }

    /// Closes a socket without telling anybody: its client's cable was cut.
    pub fn close(&mut self, connection: &str) {
        self.sockets.remove(connection);
    }

    /// Rules how a socket takes frames from now on.
    pub fn set_taking(&mut self, connection: &str, taking: Taking) {
        if let Some(socket) = self.sockets.get_mut(connection) {
            socket.taking = taking;
        }
    }

    /// Whether a socket is open.
    pub fn is_open(&self, connection: &str) -> bool {
        self.sockets.contains_key(connection)
    }

    /// Takes the frames that a socket's client has got since it last looked.
    pub fn take_frames(&mut self, connection: &str) -> Vec<Value> {
        self.sockets
            .get_mut(connection)
            .map(|socket| std::mem::take(&mut socket.frames))
            .unwrap_or_default()
    }

    /// How long a call to this path takes longer than others.
    pub fn delay_ms(&self, path: &str) -> u64 {
        match self.sockets.get(connection(path)).map(|socket| socket.taking) {
            Some(Taking::After(millis)) => millis,
            Some(Taking::Frames | Taking::Nothing) | None => 0,
        }
    }

    /// Serves one call.
    pub fn call(&mut self, operation: &str, path: &str, body: &[u8]) -> Answer {
        let Some(socket) = self.sockets.get_mut(connection(path)) else {
            return Answer::error(410, "GoneException");
        };
        match (operation, socket.taking) {
            ("DeleteConnection", _) => {
                self.sockets.remove(connection(path));
                Answer::ok("")
            }
            ("PostToConnection", Taking::Nothing) => Answer::error(500, "InternalServerError"),
            ("PostToConnection", Taking::Frames | Taking::After(_)) => {
                socket.frames.push(serde_json::from_slice(body).unwrap_or(Value::Null));
                Answer::ok("")
            }
            (other, _) => Answer::error(400, &format!("UnknownOperation {other}")),
        }
    }
}

/// The connection that a path names.
fn connection(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
