//! The keys in the profiles of the program `aws`: its files, single sign-on, and whatever else a profile names.
//! That program reads them (`aws configure export-credentials`), as git and ssh read theirs.

use super::{
    remote::Trouble,
    system::{conceal, run, tool},
};
use serde::Deserialize;
use std::{
    env,
    path::{Path, PathBuf},
};

/// A key, perhaps for a while only. Never printed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Keys {
    /// Its name.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
    /// What belongs to a key for a while.
    pub session_token: Option<String>,
}

/// The keys of the profile that is chosen; none where the environment has some, or nobody uses profiles here. The
/// order is that of Amazon's own programs: environment, a token for the web, profiles, and then the machine's role.
///
/// # Errors
/// When `AWS_PROFILE` chooses a profile of which the program cannot tell the keys, or a sign-in has run out.
pub fn keys() -> Result<Option<Keys>, Trouble> {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_chosen = is_set("AWS_PROFILE");
    if ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"].into_iter().any(is_set) || !is_chosen && !has_files() {
        return Ok(None);
    }
    let said = run(tool("aws").args(["configure", "export-credentials", "--format", "process"]), b"", |_| true);
    match said {
        Ok(said) if said.is_good() => match serde_json::from_slice::<Keys>(&said.out) {
            Ok(keys) => {
                conceal(&keys.secret_access_key);
                keys.session_token.iter().for_each(|token| conceal(token));
                Ok(Some(keys))
            }
            Err(_) if !is_chosen => Ok(None),
            Err(_) => Err(Trouble::new("what aws says of the keys of AWS_PROFILE cannot be read", VERSION)),
        },
        // A profile that says no more than a region leaves the keys to the role of the machine.
        Ok(said) if !is_chosen && !["sso login", "xpired"].iter().any(|word| said.errors.contains(word)) => Ok(None),
        Err(_) if !is_chosen => Ok(None),
        Ok(said) => Err(said.trouble(
            "asking aws for the keys of its profile",
            &[("nvalid choice", VERSION), ("", "Sign in again, like \"aws sso login\", or set AWS_ACCESS_KEY_ID.")],
        )),
        Err(trouble) => Err(trouble),
    }
}

/// The first version of the program knows no such command.
const VERSION: &str = "Install version 2 of the program aws, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";

fn has_files() -> bool {
    let home = env::home_dir().unwrap_or_default();
    let file = |name: &str, usual: &str| env::var_os(name).map_or(home.join(".aws").join(usual), PathBuf::from);
    [file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), file("AWS_CONFIG_FILE", "config")]
        .iter()
        .any(|file| Path::is_file(file))
}
