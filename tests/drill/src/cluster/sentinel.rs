//! Three Sentinels, of which two must agree that the primary is gone.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use tokio::process::Command;

use super::folder::Folder;
use super::port::free_address;
use super::process::{Account, PATIENCE, Process, Signal, eventually, run};
use crate::programs::Programs;

/// What the Sentinels call the servers that they watch.
const MASTER: &str = "doorward";

/// The smallest number that can lose one and still agree.
const NUMBER: usize = 3;

/// The Sentinels of one primary and its replicas.
#[derive(Debug)]
pub(crate) struct Sentinels {
    programs: Programs,
    members: Vec<(SocketAddr, Process)>,
    password: String,
}

impl Sentinels {
    /// Starts them, and returns once they know each other, the primary and its replica.
    pub(crate) async fn start(
        programs: &Programs,
        folder: &Folder,
        primary: SocketAddr,
        password: &str,
    ) -> Result<Self> {
        let mut sentinels = Self {
            programs: programs.clone(),
            members: Vec::new(),
            password: password.to_owned(),
        };
        for number in 1..=NUMBER {
            let name = format!("sentinel-{number}");
            let member = sentinels.member(folder, &name, primary)?;
            sentinels.members.push(member);
        }
        let agreed = async || sentinels.agree().await.then_some(());
        eventually("the Sentinels know each other", PATIENCE, agreed).await?;
        Ok(sentinels)
    }

    /// The URL for the provider, which holds the password.
    pub(crate) fn url(&self) -> String {
        let members: Vec<_> = self.members.iter().map(|(at, _)| at.to_string()).collect();
        let (password, members) = (&self.password, members.join(","));
        format!("redis+sentinel://:{password}@{members}/{MASTER}")
    }

    /// The server that takes writes, as they see it.
    pub(crate) async fn primary(&self) -> Result<SocketAddr> {
        let answer = self.ask(0, &["get-master-addr-by-name", MASTER]).await?;
        let mut lines = answer.lines().map(str::trim);
        let (host, port) = (lines.next(), lines.next());
        let named = host.zip(port).map(|(host, port)| format!("{host}:{port}"));
        let named = named.with_context(|| format!("a Sentinel answered {answer}"))?;
        Ok(named.parse()?)
    }

    /// Ends them.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        for (_, process) in self.members.drain(..) {
            process.end(Signal::TERM).await?;
        }
        Ok(())
    }

    fn member(
        &self,
        folder: &Folder,
        name: &str,
        primary: SocketAddr,
    ) -> Result<(SocketAddr, Process)> {
        let address = free_address()?;
        let settings = format!(
            "bind 127.0.0.1\nport {}\ndir {}\nsentinel monitor {MASTER} 127.0.0.1 {} 2\n\
             sentinel auth-pass {MASTER} {}\nsentinel down-after-milliseconds {MASTER} 1500\n\
             sentinel failover-timeout {MASTER} 6000\nsentinel parallel-syncs {MASTER} 1\n",
            address.port(),
            folder.private(name)?.display(),
            primary.port(),
            self.password,
        );
        let configuration = folder.write(&format!("{name}.conf"), &settings)?;
        let programs = &self.programs;
        let mut command = Account::Ours.command(&programs.setpriv, &programs.redis_server);
        command.arg(configuration).arg("--sentinel");
        Ok((address, Process::start(name, command, &folder.log(name))?))
    }

    /// Whether every Sentinel sees the two others and a replica.
    async fn agree(&self) -> bool {
        for number in 0..self.members.len() {
            let Ok(answer) = self.ask(number, &["master", MASTER]).await else {
                return false;
            };
            let others = field(&answer, "num-other-sentinels");
            let replicas = field(&answer, "num-slaves");
            if others != Some(NUMBER - 1) || replicas.is_none_or(|replicas| replicas == 0) {
                return false;
            }
        }
        true
    }

    async fn ask(&self, number: usize, words: &[&str]) -> Result<String> {
        let (address, _) = self.members.get(number).context("no such Sentinel")?;
        let mut command = Command::new(&self.programs.redis_cli);
        command
            .args(["-h", "127.0.0.1", "-p", &address.port().to_string()])
            .arg("SENTINEL")
            .args(words);
        run(command, "").await
    }
}

/// A number of an answer in which names and values stand on lines in turn.
fn field(answer: &str, name: &str) -> Option<usize> {
    let mut lines = answer.lines().map(str::trim);
    lines.find(|line| *line == name)?;
    lines.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_number_is_found_behind_its_name() {
        let answer = "name\ndoorward\nnum-slaves\n1\nnum-other-sentinels\n2\n";
        assert_eq!(field(answer, "num-other-sentinels"), Some(2));
        assert_eq!(field(answer, "doorward"), None);
        assert_eq!(field(answer, "quorum"), None);
    }
}
