//! A hardware token that is software: `SoftHSM`, whose token is a folder.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, fcntl_lock};
use tempfile::TempDir;

use crate::requirements::{needed, program};

/// Where Debian and others put the module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/pkcs11/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];

const PIN: &str = "731029";

/// A token with keys, which can be taken away. Dropping it removes it.
#[derive(Debug)]
pub struct SoftHsm {
    folder: TempDir,
    program: PathBuf,
    module: &'static str,
}

impl SoftHsm {
    /// A token without keys. `None` where `SoftHSM` is not installed.
    pub fn new() -> Option<Self> {
        let module = MODULES.into_iter().find(|path| Path::new(path).is_file());
        let found = program("DOORWARD_TEST_SOFTHSM", "softhsm2-util").zip(module);
        let (program, module) = needed("SoftHSM (the package softhsm2)", found)?;
        let folder = TempDir::new().expect("a temporary folder");
        let softhsm = Self {
            folder,
            program,
            module,
        };
        fs::create_dir(softhsm.tokens()).expect("the folder is writable");
        let configuration = format!("directories.tokendir = {}\n", softhsm.tokens().display());
        fs::write(softhsm.configuration(), configuration).expect("the folder is writable");
        softhsm.tell_pin(PIN);
        let private = Permissions::from_mode(0o600);
        fs::set_permissions(softhsm.pin(), private).expect("the file is ours");
        let initialize = ["--init-token", "--free", "--label", "doorward"];
        softhsm.run(&[&initialize[..], &["--pin", PIN, "--so-pin", "94837261"]].concat());
        Some(softhsm)
    }

    /// The lines of `doorward.toml` that lead to it.
    pub fn settings(&self) -> String {
        self.place(&format!("pin_file = \"{}\"", self.pin().display()))
    }

    /// The same, where a command tells the PIN.
    pub fn settings_with(&self, command: &str) -> String {
        self.place(&format!("pin_command = \"{command}\""))
    }

    /// A command that tells the PIN.
    pub fn tells_pin(&self) -> String {
        format!("cat {}", self.pin().display())
    }

    fn place(&self, pin: &str) -> String {
        let module = self.module;
        format!("[pkcs11]\nmodule = \"{module}\"\ntoken = \"doorward\"\n{pin}\n")
    }

    /// The variable that leads the module to it.
    pub fn variable(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.configuration())
    }

    /// Puts a new key pair into it, which openssl makes with these arguments.
    pub fn add_key(&self, label: &str, id: &str, arguments: &[&str]) {
        let file = self.folder.path().join(format!("{label}.pem"));
        let made = Command::new("openssl")
            .arg("genpkey")
            .args(arguments)
            .arg("-out")
            .arg(&file)
            .stderr(Stdio::null())
            .status();
        assert!(made.expect("openssl runs").success(), "{arguments:?}");
        let path = file.to_str().expect("a readable path");
        let import = ["--import", path, "--token", "doorward", "--pin", PIN];
        self.run(&[&import[..], &["--label", label, "--id", id]].concat());
        fs::remove_file(file).expect("the file is ours");
    }

    /// Takes the token out.
    pub fn take_away(&self) {
        fs::rename(self.tokens(), self.folder.path().join("away")).expect("it is there");
        fs::create_dir(self.tokens()).expect("the folder is writable");
    }

    /// Puts the token back in.
    pub fn bring_back(&self) {
        fs::remove_dir_all(self.tokens()).expect("it is ours");
        fs::rename(self.folder.path().join("away"), self.tokens()).expect("it was taken away");
    }

    /// Lets the token answer nothing until what is returned is dropped: each of its files is locked, which it waits for.
    #[must_use]
    pub fn hold(&self) -> Vec<File> {
        let mut held = Vec::new();
        for token in fs::read_dir(self.tokens()).expect("it is there") {
            let token = token.expect("it can be read").path();
            for file in fs::read_dir(token).expect("it is a folder") {
                let path = file.expect("it can be read").path();
                let file = File::options().read(true).write(true).open(path);
                let file = file.expect("it can be opened");
                let locked = fcntl_lock(&file, FlockOperation::LockExclusive);
                locked.expect("nobody holds it for long");
                held.push(file);
            }
        }
        held
    }

    /// Tells whoever wants to log in this PIN.
    pub fn tell_pin(&self, pin: &str) {
        fs::write(self.pin(), format!("{pin}\n")).expect("the file is ours");
    }

    fn pin(&self) -> PathBuf {
        self.folder.path().join("pin")
    }

    fn tokens(&self) -> PathBuf {
        self.folder.path().join("tokens")
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("softhsm2.conf")
    }

    fn run(&self, arguments: &[&str]) {
        let (variable, configuration) = self.variable();
        let ran = Command::new(&self.program)
            .args(arguments)
            .env(variable, configuration)
            .output()
            .expect("softhsm2-util runs");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{arguments:?}: {said}");
    }
}
