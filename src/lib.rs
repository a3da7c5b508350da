pub mod base;
pub mod settings;
pub mod source;
