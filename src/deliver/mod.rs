//! The one door through which a finished site goes out.

pub mod disk;
pub mod serve;
