pub mod base;
pub mod load;
pub mod settings;
pub mod source;
