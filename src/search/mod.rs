//! The site's own search: words of finished pages, an index of them in small files, and the ranking.
//!
//! The index is a table of surface words (every form that a page writes, each with the term that it is a
//! form of), postings of terms with impacts computed beforehand (BM25F: Robertson and Zaragoza, *The
//! Probabilistic Relevance Framework*, <https://doi.org/10.1561/1500000019>), and cards of what can be
//! found. A client needs no stemmer, and reads only what a query asks for. [`format`] describes the files;
//! `search.js` beside this file reads them in a browser, and [`query`] in the terminal, by the same steps.

pub mod format;
pub mod found;
pub mod index;
pub mod query;
pub mod reader;
pub mod terms;
pub mod words;
