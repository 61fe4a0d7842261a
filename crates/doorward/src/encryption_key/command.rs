//! A command that prints the key, such as the client of a vault.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, copy, sink};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::Place;
use super::refused::NoKey;

/// How long a command may take.
pub(super) const WITHIN: Duration = Duration::from_secs(30);

/// The most that is read of what it prints, to its output and to where errors go.
const LONGEST: usize = 4096;

/// What a command printed before it ended.
struct Printed {
    output: Zeroizing<Vec<u8>>,
    errors: Zeroizing<Vec<u8>>,
    status: ExitStatus,
}

/// What the command prints. A refusal says what it printed to where errors go, and never what it printed to its output.
pub(super) async fn output(words: &[String], within: Duration) -> Result<Zeroizing<String>, NoKey> {
    let refused = |reason: String| NoKey::Command {
        place: Place::Command(words.to_vec()),
        reason,
    };
    let child = start(words).map_err(|error| refused(format!("cannot be run: {error}")))?;
    let Ok(printed) = timeout(within, finish(child)).await else {
        return Err(refused(format!("did not end within {within:?}")));
    };
    let printed = printed.map_err(|error| refused(format!("cannot be read: {error}")))?;
    if !printed.status.success() {
        let said = readable(&printed.errors);
        return Err(refused(format!("ended with {}: {said}", printed.status)));
    }
    if printed.output.len() > LONGEST {
        return Err(refused(format!("printed more than {LONGEST} bytes")));
    }
    match std::str::from_utf8(&printed.output) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(refused("printed no text".to_owned())),
    }
}

fn start(words: &[String]) -> std::io::Result<Child> {
    let (program, arguments) = words
        .split_first()
        .ok_or(std::io::ErrorKind::InvalidInput)?;
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

async fn finish(mut child: Child) -> std::io::Result<Printed> {
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let (output, errors, status) = tokio::try_join!(read(output), read(errors), child.wait())?;
    Ok(Printed {
        output,
        errors,
        status,
    })
}

/// The beginning of a stream, one byte longer than it may be if it is too long. The rest is read and forgotten, so that nobody waits.
async fn read(stream: Option<impl AsyncRead + Unpin>) -> std::io::Result<Zeroizing<Vec<u8>>> {
    // As long as it gets, so that it never moves and leaves a copy behind.
    let mut beginning = Zeroizing::new(Vec::with_capacity(2 * LONGEST));
    if let Some(mut stream) = stream {
        let most = LONGEST as u64 + 1;
        (&mut stream).take(most).read_to_end(&mut beginning).await?;
        copy(&mut stream, &mut sink()).await?;
    }
    Ok(beginning)
}

/// What people can read of it, on one line.
fn readable(errors: &[u8]) -> String {
    let text = String::from_utf8_lossy(errors);
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return "it said nothing".to_owned();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    async fn shell(script: &str, within: Duration) -> Result<Zeroizing<String>, String> {
        let words = ["sh", "-c", script].map(str::to_owned);
        output(&words, within)
            .await
            .map_err(|refused| refused.to_string())
    }

    #[tokio::test]
    async fn what_a_command_prints_is_read() {
        let printed = shell("echo loading >&2; echo secret", SOON).await.unwrap();
        assert_eq!(*printed, "secret\n");
        let much = format!("head -c {LONGEST} /dev/zero; head -c 1000000 /dev/zero >&2");
        assert_eq!(shell(&much, SOON).await.unwrap().len(), LONGEST);
    }

    /// K01: what it printed may be a key, and is shown to nobody.
    #[tokio::test]
    async fn a_command_that_fails_says_why_and_never_what_it_printed() {
        for (script, reason) in [
            (
                "echo hush; printf 'sealed:\\nask again\\n' >&2; exit 3",
                "exit status: 3: sealed: ask again",
            ),
            ("echo hush; exit 1", "it said nothing"),
            (
                "echo hush; head -c 5000 /dev/zero",
                "printed more than 4096 bytes",
            ),
            ("echo hush; printf '\\377'", "printed no text"),
            ("echo hush; kill -9 $$", "signal: 9"),
        ] {
            let refused = shell(script, SOON).await.unwrap_err();
            assert!(refused.contains(reason), "{script}: {refused}");
            assert!(!refused.contains("hush"), "{refused}");
            assert!(
                refused.starts_with("the command sh, which is to print the key"),
                "{refused}"
            );
        }
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_ended() {
        let waited = shell("exec tail -f /dev/null", Duration::from_millis(200)).await;
        assert!(waited.unwrap_err().contains("did not end within 200ms"));
    }

    #[tokio::test]
    async fn a_command_that_is_not_there_is_named() {
        let words = ["no-such-program", "--token=hush"].map(str::to_owned);
        let refused = output(&words, SOON).await.unwrap_err().to_string();
        assert!(
            refused.contains("no-such-program") && refused.contains("cannot be run"),
            "{refused}"
        );
        assert!(!refused.contains("hush"), "{refused}");
    }
}
