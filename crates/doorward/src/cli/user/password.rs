//! Where a new password comes from: standard input, a person at the terminal, or chance. Never an argument,
//! which other users of the machine could read.

use std::io::{BufRead, Read as _};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use doorward_core::password::{Hasher, Password, PasswordHash};
use doorward_core::person::Username;
use doorward_core::random::Random;
use zeroize::Zeroizing;

use crate::cli::Input;
use crate::cli::administration::Administration;

/// Where a password comes from.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(super) struct PasswordArguments {
    /// Read the password from standard input, one line
    #[arg(long)]
    password_stdin: bool,
    /// Make a password, and show it once
    #[arg(long)]
    generate_password: bool,
}

/// Whose password it is to be: what must not be in it.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) username: &'a Username,
    pub(super) email: Option<&'a str>,
}

/// A password that was chosen.
pub(super) struct Chosen {
    /// What is stored of it.
    pub(super) hash: PasswordHash,
    /// The password itself when it was made here, to be shown once.
    pub(super) generated: Option<Zeroizing<String>>,
}

impl PasswordArguments {
    /// Gets a password that `owner` may have, and hashes it.
    pub(super) async fn choose(
        self,
        owner: Owner<'_>,
        admin: &Administration,
        input: &mut Input,
    ) -> Result<Chosen> {
        let generated = self.generate_password.then(|| generate(&*admin.random));
        let text = match &generated {
            Some(text) => text.clone(),
            None => self.read(input)?,
        };
        let hash = hash(text, owner, admin).await?;
        Ok(Chosen { hash, generated })
    }

    fn read(self, input: &mut Input) -> Result<Zeroizing<String>> {
        match input {
            Input::Terminal => ask(),
            Input::Pipe(pipe) if self.password_stdin => line(pipe),
            Input::Pipe(_) => bail!(
                "there is no terminal to ask for a password at; \
                 give --password-stdin or --generate-password"
            ),
        }
    }
}

/// Asks a person twice, without showing what is typed.
fn ask() -> Result<Zeroizing<String>> {
    let ask = |prompt| rpassword::prompt_password(prompt).map(Zeroizing::new);
    let first = ask("New password: ").context("cannot read the password")?;
    let second = ask("The same again: ").context("cannot read the password")?;
    ensure!(first == second, "the two passwords differ");
    Ok(first)
}

/// The first line, without its end.
fn line(pipe: &mut dyn BufRead) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    // A little more than any password may have, so that a longer one is refused and not cut.
    pipe.take(4096)
        .read_line(&mut text)
        .context("cannot read the password from standard input")?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Zeroizing::new(
        line.strip_suffix('\r').unwrap_or(line).to_owned(),
    ))
}

/// Letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// A password of 100 random bits, in four groups.
fn generate(random: &dyn Random) -> Zeroizing<String> {
    let bytes = Zeroizing::new(random.bytes::<20>());
    let mut text = Zeroizing::new(String::with_capacity(23));
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % 5 == 0 {
            text.push('-');
        }
        let digit = ALPHABET.get(usize::from(byte & 31));
        text.push(char::from(digit.copied().unwrap_or(b'0')));
    }
    text
}

/// Hashes a password that the policy accepts, off the threads that others wait for.
async fn hash(
    text: Zeroizing<String>,
    owner: Owner<'_>,
    admin: &Administration,
) -> Result<PasswordHash> {
    let settings = &admin.configuration.password;
    let password = Password::parse(text.as_str())?;
    let password = settings
        .policy()
        .accept(password, owner.username, owner.email)?;
    let parameters = settings.parameters()?;
    let salt = admin.random.bytes();
    let hashing = move || Hasher::new(parameters).hash(&password, salt);
    Ok(tokio::task::spawn_blocking(hashing).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SystemRandom;

    #[test]
    fn one_line_is_the_password_byte_for_byte() {
        for (typed, read) in [
            ("correct horse\n", "correct horse"),
            ("correct horse", "correct horse"),
            ("  spaces count \r\nmore\n", "  spaces count "),
            ("\n", ""),
        ] {
            assert_eq!(*line(&mut typed.as_bytes()).unwrap(), read);
        }
        let long = "x".repeat(5000);
        assert!(line(&mut long.as_bytes()).unwrap().len() > 1024);
    }

    #[test]
    fn made_passwords_are_long_readable_and_never_the_same() {
        let (one, other) = (generate(&SystemRandom), generate(&SystemRandom));
        assert_ne!(one, other);
        assert_eq!(one.len(), 23);
        assert!(
            one.split('-')
                .all(|group| group.len() == 5 && group.bytes().all(|c| ALPHABET.contains(&c)))
        );
    }
}
