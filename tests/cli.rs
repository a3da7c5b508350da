//! The commands, as documents: each page of `tests/cli/` says what a person types and what comes.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what came; read the change. Each page runs in a
//! copy of its folder `NAME.in/`; what lies in `NAME.out/` must be there afterwards.

#[test]
fn commands_do_what_their_pages_say() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        // 23 November 2026, so that no page here grows old.
        .env("SOURCE_DATE_EPOCH", "1795435200")
        .case("tests/cli/*.md");
}
