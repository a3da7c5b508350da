//! The last gate before delivery: rules over the guide and over exactly what a reader would get.

pub mod finished;
pub mod pages;
