//! The options that choose connections, for `replay` and `render`.

use clap::Args;

/// Which connections to show, in which order, how many.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which connections")]
pub struct Choose {
    /// Only those for which EXPR holds, as 'close=rst and server.port=443'; --where help lists the fields
    #[arg(long = "where", id = "where", value_name = "EXPR", conflicts_with = "connection")]
    pub filter: Option<String>,
    /// Sort by these fields, downwards behind a minus: --sort=-bytes,client.ip
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, conflicts_with = "connection")]
    pub sort: Option<String>,
    /// At most N of them; 0 is all [default: 25 in a table, all elsewhere]
    #[arg(long, value_name = "N", conflicts_with = "connection")]
    pub limit: Option<usize>,
}
