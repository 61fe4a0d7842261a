use std::os::unix::process::ExitStatusExt;

use doorward_tests::processes::{Process, Signal};
use tokio::process::Command;

fn shell(script: &str) -> Process {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Process::start(command)
}

/// Says that it waits, waits for ever, and ends with 7 when it is asked to.
const WAITS: &str = "trap 'kill $!; exit 7' TERM; tail -f /dev/null & echo waiting >&2; wait";

fn waiting(line: &str) -> Option<()> {
    (line == "waiting").then_some(())
}

#[tokio::test]
async fn a_program_is_asked_to_end_and_says_with_what() {
    let mut program = shell("echo one; echo number 42 >&2; exit 3");
    let number = program.line(|line| line.strip_prefix("number ")?.parse::<u8>().ok());

    assert_eq!(number.await, 42);
    assert_eq!(program.ended().await.code(), Some(3));
}

#[tokio::test]
async fn a_program_that_is_terminated_may_clean_up() {
    let mut program = shell(WAITS);
    program.line(waiting).await;

    assert_eq!(program.terminate().await.code(), Some(7));
}

#[tokio::test]
async fn a_program_that_is_killed_ends_at_once() {
    let mut program = shell("echo waiting; exec tail -f /dev/null");
    program.line(waiting).await;

    assert_eq!(program.kill().await.signal(), Some(Signal::KILL.as_raw()));
}
