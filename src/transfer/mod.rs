//! The built-in server and client.
