//! Credentials by the name of a profile, as the AWS tools keep them in `~/.aws/credentials`.

use std::path::{Path, PathBuf};

use object_store::aws::AwsCredential;

use crate::{Error, ErrorKind, Result, config, error::Fold as _};

/// The credentials of a profile, in this file or where the AWS tools keep them.
pub(super) fn credentials(profile: &str, file: Option<&Path>) -> Result<AwsCredential> {
    let path = match (file, config::variable("AWS_SHARED_CREDENTIALS_FILE")) {
        (Some(path), _) => path.to_path_buf(),
        (None, Some(path)) => PathBuf::from(path),
        (None, None) => PathBuf::from(config::variable("HOME").unwrap_or_default()).join(".aws/credentials"),
    };
    let text = std::fs::read_to_string(&path)
        .fold(ErrorKind::Config, || format!("cannot read the credentials in `{}`", path.display()))?;
    parse(&text, profile).ok_or_else(|| {
        Error::new(ErrorKind::Config, format!("`{}` has no whole profile `{profile}`", path.display()))
            .hint("a profile has aws_access_key_id and aws_secret_access_key; other kinds come from the environment")
    })
}

fn parse(text: &str, profile: &str) -> Option<AwsCredential> {
    let heading = format!("[{profile}]");
    let lines = text.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    let (mut key_id, mut secret_key, mut token) = (None, None, None);
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if let Some((name, value)) = line.split_once('=') {
            let value = Some(value.trim().to_owned());
            match name.trim() {
                "aws_access_key_id" => key_id = value,
                "aws_secret_access_key" => secret_key = value,
                "aws_session_token" => token = value,
                _ => {}
            }
        }
    }
    Some(AwsCredential { key_id: key_id?, secret_key: secret_key?, token })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_ends_where_the_next_begins() {
        let text = "[a]\naws_access_key_id = A\n# note\naws_secret_access_key=b=c\n[half]\naws_access_key_id = H\n[z]\n\
                    aws_secret_access_key = z\n";
        let found = parse(text, "a").unwrap();
        assert_eq!((found.key_id.as_str(), found.secret_key.as_str(), found.token), ("A", "b=c", None));
        assert!(parse(text, "half").is_none() && parse(text, "nobody").is_none());
    }
}
