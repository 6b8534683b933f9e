//! Hosts of our own: private namespaces, and the kernel as witness.
