pub mod assets;
pub mod base;
pub mod load;
pub mod render;
pub mod resolve;
pub mod settings;
pub mod source;
