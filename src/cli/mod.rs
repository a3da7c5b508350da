//! The commands: one small file each. Raw arguments in ([`args`]), an exit code out.

pub mod args;
pub mod build;
pub mod check;
pub mod clean;
pub mod documents;
pub mod publish;
pub mod schema;
pub mod search;
pub mod serve;
pub mod session;
pub mod translated;
pub mod watching;
