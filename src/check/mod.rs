//! The last gate before delivery: rules over the guide and over exactly what a reader would get.

pub mod entries;
pub mod exceptions;
pub mod fields;
pub mod links;
pub mod locate;
pub mod pages;
pub mod reading;
pub mod searches;
pub mod texts;
pub mod translations;
