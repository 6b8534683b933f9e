//! Why nothing came of a performance in the lab.

use crate::lab::scenario::Sysctl;
use crate::source::live::LiveError;
use std::io;
use std::process::ExitStatus;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum LabError {
    #[error("the lab's network cannot be built")]
    Network(#[source] io::Error),
    #[error("the loopback cannot be captured")]
    Loopback(#[source] LiveError),
    #[error("the wire cannot be laid")]
    Wire(#[source] io::Error),
    #[error("what passed is not known")]
    Lost(#[source] io::Error),
    #[error("the {0} cannot be started")]
    Start(String, #[source] io::Error),
    #[error("the kernel parameter {} cannot be set", .0.name)]
    Sysctl(Box<Sysctl>, #[source] io::Error),
    #[error("the kernel could not be asked about its sockets")]
    Witness(#[source] io::Error),
    #[error("the server ended before it listened ({0})")]
    ServerEnded(ExitStatus),
    #[error("interrupted")]
    Stopped,
}
