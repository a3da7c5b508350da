pub mod base;
pub mod load;
pub mod resolve;
pub mod settings;
pub mod source;
