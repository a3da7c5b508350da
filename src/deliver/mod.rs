//! The one door through which a finished site goes out.

pub mod desk;
pub mod disk;
pub mod editor;
pub mod live;
pub mod news;
pub mod publish;
pub mod serve;
pub mod shown;
pub mod workshop;
