//! Configuration: `doorward.toml`, then `DOORWARD_…` variables, then flags; the later wins.
//!
//! Each section is a struct with its defaults and descriptions beside the fields. The reference
//! in `docs/configuration.md` is made from the same text.

mod acr;
mod api_tokens;
mod directory_store;
mod issuer;
mod key_place;
mod keys;
mod listen;
mod load;
mod mtls;
mod outbound;
mod reference;
mod refused;
mod registration;
mod section;
mod settings;
#[cfg(test)]
mod tests;
mod value;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use acr::Levels;
pub use api_tokens::{LongestLife, OnLeak, SignalReaction};
pub use directory_store::DirectoryStore;
use doorward_core::api_token::watch::{LeakReaction, Reaction};
use doorward_core::dpop::NoncePolicy;
use doorward_core::jose::RsaSize;
use doorward_sessions::{Location, UnknownLocation};
pub use issuer::Issuer;
pub use key_place::{KeyCommand, KeyFile};
pub use keys::{Algorithms, Line, RotateEvery};
pub use listen::Listen;
pub use load::{CONFIG_VARIABLE, Environment, Loaded, Sources};
pub use mtls::{CertificatesFrom, FieldName, MtlsAddress, NamedFile};
pub use outbound::EgressProxy;
pub use reference::reference;
pub use refused::{Origin, Problem, Refused};
pub use registration::{Access, DetailTypeNames, DocumentHosts, Scopes};
use section::section;
pub use section::{NotSet, Section, Setting};
pub use value::{Count, LogFilter, LogFormat, Networks, NonceDemand, SessionStore, Span, Value};
pub(crate) use value::{parse_span, show_span};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

section! {
    /// Keys at the top of the file, before the first `[section]`.
    Server in "" {
        /// The URL that people and applications reach Doorward at. It names the provider in every token, so changing it
        /// later means changing every application.
        issuer: Issuer = Issuer::on_localhost(8000);
        /// Where to listen: for HTTPS with a certificate in `[tls]`, or else for HTTP, where a reverse proxy in front ends TLS.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8000));
        /// The folder for everything that is kept in files. It is made on first start.
        data: PathBuf = PathBuf::from("doorward-data");
        /// Where everything that lasts is kept: people, clients, grants, keys. More than one node needs PostgreSQL, 13 or newer.
        /// TLS is used, and the server's certificate and name verified, unless the server is on this machine or the URL says `sslmode=disable`;
        /// `sslrootcert=FILE` names the authority to trust instead of the system's, and `connections=N` the most connections of one node (16).
        directory: DirectoryStore = DirectoryStore::embedded();
        /// Where sessions, codes and other things that expire are kept. More than one node needs Redis: one server, a master
        /// behind Sentinel, or a cluster. [Operations](operations.md#redis) has every form and its parameters.
        sessions: SessionStore = SessionStore::embedded();
        /// The file with the key-encryption key, which everything that is sealed is sealed under: 64 hexadecimal digits. It is made on first
        /// start. Keep a copy apart from the data: without it the data's signing keys are lost. While it is
        /// [changed](operations.md#changing-the-key-encryption-key), the file holds two keys, the newer one on the first line.
        key_file: KeyFile = KeyFile::InDataDirectory;
        /// Instead of the file: the command that prints the key, such as the client of a vault. It is run at each start and by
        /// commands that need the key, without a shell, and has 30 seconds for at most 4096 bytes. What it prints to standard error is shown when it
        /// fails. Arguments are shown by `config show`, so that no secret belongs there.
        key_command: KeyCommand = KeyCommand::none();
    }
}

section! {
    /// How long somebody stays signed in.
    Session in "session" {
        /// The time without use after which the password is asked again.
        idle: Span<{ 5 * MINUTE }, { 30 * DAY }> = Span::seconds(DAY);
        /// The time after which the password is asked again whatever happened.
        absolute: Span<{ 5 * MINUTE }, { 30 * DAY }> = Span::seconds(14 * DAY);
    }
}

section! {
    /// How strongly people have signed in, in words of yours: the `acr` of tokens.
    Acr in "acr" {
        /// The levels, weakest first. Each is a name, the methods that somebody must have proven (`pwd` is a password; several are
        /// joined by `+`) and, if it has to be recent, the greatest age of the sign-in. An application that asks for a level, or an
        /// API that demands one, gets it: the password is asked for again where the last sign-in does not reach it.
        levels: Levels = Levels::password();
    }
}

section! {
    /// How long codes and tokens work.
    Tokens in "tokens" {
        /// Access tokens.
        access_token: Span<MINUTE, HOUR> = Span::seconds(10 * MINUTE);
        /// How soon an API that reads tokens itself, and is registered with `--status-list`, learns that one was revoked: the `ttl` of
        /// status lists. They may be relied on for four times as long when there is no fresh one.
        status_list_ttl: Span<5, { 5 * MINUTE }> = Span::seconds(15);
        /// ID tokens.
        id_token: Span<MINUTE, HOUR> = Span::seconds(10 * MINUTE);
        /// Authorization codes.
        code: Span<10, MINUTE> = Span::seconds(MINUTE);
        /// Refresh tokens that are not used.
        refresh_idle: Span<HOUR, { 365 * DAY }> = Span::seconds(30 * DAY);
        /// Refresh tokens and all their successors, however often they are used.
        refresh_absolute: Span<HOUR, { 365 * DAY }> = Span::seconds(90 * DAY);
        /// How long a refresh token that was just exchanged gets the same answer again, for applications that missed it.
        /// Used later, it counts as stolen.
        refresh_grace: Span<10, 30> = Span::seconds(20);
    }
}

section! {
    /// The keys that tokens are signed with, and when the next one takes the place of the present one. [Operations](operations.md#rotating-keys)
    /// has the whole course.
    Keys in "keys" {
        /// How long a key signs before the next one takes its place, at least as long as `publish_before`; `never` leaves that to
        /// `doorward keys rotate`.
        rotate_every: RotateEvery = RotateEvery::seconds(90 * DAY);
        /// How long a key is published before it signs, so that applications fetch it in time.
        publish_before: Span<DAY, { 365 * DAY }> = Span::seconds(7 * DAY);
        /// How much longer it waits for applications that were not seen to fetch it. Then it signs all the same, and the log says who
        /// may not know it.
        wait_for_uptake: Span<0, { 365 * DAY }> = Span::seconds(14 * DAY);
        /// What there are keys for. Each is one more in the key set that everybody fetches, so the longer curves (`ES384`, `ES512`) are left
        /// out unless somebody needs them. A key of an algorithm that is taken off the list stays.
        algorithms: Algorithms = Algorithms::usual();
        /// The bits of new RSA keys: 2048, 3072 or 4096. Each step makes a sign-in with RS256 or PS256 about three times as
        /// expensive. Keys that are there stay as they are.
        rsa_bits: RsaSize = RsaSize::Bits2048;
    }
}

section! {
    /// A token of PKCS #11, such as a hardware security module, with signing keys that never leave it. `doorward keys import --pkcs11` says
    /// which; [Operations](operations.md#keys-in-hardware) has the whole course.
    Pkcs11 in "pkcs11" {
        /// The module of its maker, a shared library such as `/usr/lib/softhsm/libsofthsm2.so`.
        module: NamedFile = NamedFile::none();
        /// The label of the token.
        token: Line = Line::none();
        /// The file with the PIN of its user, which only its owner may read.
        pin_file: NamedFile = NamedFile::none();
        /// Or else the command that prints it, for a shell.
        pin_command: Line = Line::none();
    }
}

section! {
    /// Proofs that an application holds the key that its tokens are bound to (`DPoP`, RFC 9449).
    Dpop in "dpop" {
        /// Whether a proof must have a nonce of the provider's. Without, a proof works once, within a minute of the time that its
        /// application wrote into it. With one, nobody who had the use of a key for a moment can make proofs for later, and an
        /// application that did nothing for five minutes is sent back for a new nonce.
        nonce: NonceDemand = NonceDemand(NoncePolicy::Optional);
    }
}

section! {
    /// Passwords: what people may choose, and how they are hashed (Argon2id). Stored hashes keep the numbers that they were made
    /// with; after a change each is made anew when its person signs in.
    Password in "password" {
        /// The fewest characters of a new password.
        min_length: Count<8, 64> = Count::of(15);
        /// Memory for one hash, in KiB.
        memory_kib: Count<19_456, 1_048_576> = Count::of(19_456);
        /// Passes over the memory.
        iterations: Count<2, 16> = Count::of(2);
        /// Lanes.
        parallelism: Count<1, 16> = Count::of(1);
    }
}

section! {
    /// API tokens: personal access tokens, tokens of service accounts, and API keys ([API tokens](api-tokens.md)).
    ApiTokens in "api_tokens" {
        /// How long one lives when nobody says.
        default_lifetime: Span<{ HOUR }, { 3650 * DAY }> = Span::seconds(90 * DAY);
        /// The longest that one may live. With `endless`, one may also be made that never expires.
        max_lifetime: LongestLife = LongestLife::seconds(366 * DAY);
        /// How many that work one person, service account or project may have.
        max_tokens: Count<1, 10_000> = Count::of(100);
        /// How long what opened one before goes on at most when it is rotated.
        max_overlap: Span<0, { 90 * DAY }> = Span::seconds(7 * DAY);
        /// Networks that any of them works from, besides what each says itself; from everywhere when there are none. Where they are checked by
        /// introspection, an API then has to say from where a token was shown (`client_ip`).
        networks: Networks = Networks::default();
        /// How long after its first use nothing is new about a token: from where and how often it is used until then is what is usual for it.
        learning: Span<{ HOUR }, { 90 * DAY }> = Span::seconds(3 * DAY);
        /// What follows when one is used from a network that it was never used from: it is noted in the events (`note`), its owner is told too
        /// (`tell`), it works no more until somebody resumes it (`suspend`), or never again (`revoke`).
        on_new_network: SignalReaction = SignalReaction(Reaction::Tell);
        /// The same when a program uses it that never did.
        on_new_agent: SignalReaction = SignalReaction(Reaction::Note);
        /// The same when it is used far more often than ever before: 60 times in a minute, and ten times as often as on any day before.
        on_burst: SignalReaction = SignalReaction(Reaction::Tell);
        /// The same when most of that comes from a network that it was not used from before today.
        on_burst_from_new_network: SignalReaction = SignalReaction(Reaction::Suspend);
        /// The same when it is used from eight networks within a minute, and from four times as many as on any day before.
        on_many_networks: SignalReaction = SignalReaction(Reaction::Tell);
        /// The same when it is shown after its owner left, which opens nothing.
        on_use_after_owner_left: SignalReaction = SignalReaction(Reaction::Note);
        /// The same when it is shown from outside its networks, which opens nothing.
        on_use_outside_networks: SignalReaction = SignalReaction(Reaction::Tell);
        /// The same when it is used more often than its quota allows, which opens nothing.
        on_over_quota: SignalReaction = SignalReaction(Reaction::Note);
        /// What follows when somebody hands one in as found (`POST /leaked-tokens`): it works never again (`revoke`), or not until somebody
        /// resumes it (`suspend`).
        on_leak: OnLeak = OnLeak(LeakReaction::Revoke);
    }
}

section! {
    /// What one address or one account may ask for before it has to wait. Addresses of IPv6 count by their /64 network.
    Limits in "limits" {
        /// Failed sign-ins per minute from one address, after which it is barred for a minute.
        failed_sign_ins_per_minute_and_address: Count<1, 100_000> = Count::of(60);
        /// Passwords tried for one account within 15 minutes from one address; ten times as many from all addresses.
        sign_in_attempts_per_account: Count<3, 1_000> = Count::of(100);
        /// Sign-ins begun per minute from one address; and as many requests that clients without a secret push from it,
        /// and devices that they let wait.
        authorization_requests_per_minute_and_address: Count<1, 1_000_000> = Count::of(3_000);
        /// Applications that may be registered per hour from one address when registration is open.
        registrations_per_hour_and_address: Count<1, 100_000> = Count::of(20);
        /// Passwords that may wait to be hashed; more are turned away with "try again".
        hash_queue: Count<1, 100_000> = Count::of(256);
    }
}

section! {
    /// Applications that register themselves (RFC 7591), without an operator.
    Registration in "registration" {
        /// Who may: nobody (`closed`), whoever has a token from `doorward registration add-token` (`initial_access_token`), or
        /// anybody who reaches Doorward (`open`). Each person is asked before such an application learns who they are.
        access: Access = Access::closed();
        /// What they may ask for, apart from what an operator allows one of them later.
        scope: Scopes = Scopes::of_people();
        /// The types of authorization details that they may ask for (RFC 9396). What is taken out, here or of the scopes, no such
        /// application gets from then on, whatever it registered with before.
        authorization_details_types: DetailTypeNames = DetailTypeNames::none();
        /// How long one that nobody signs in to is kept.
        unused: Span<DAY, { 365 * DAY }> = Span::seconds(30 * DAY);
        /// Whose documents about applications are read: an application that gives the https address of such a document as its
        /// `client_id` needs no registration then (Client ID Metadata Documents). A host, `*.` with the name above some, or `*` for all;
        /// several have spaces between them.
        documents: DocumentHosts = DocumentHosts::default();
    }
}

section! {
    /// TLS that Doorward ends itself, in version 1.2 or 1.3. Without, it listens for HTTP, and a reverse proxy in front ends TLS.
    /// The files are read again when they change, so that a certificate can be renewed without a restart.
    Tls in "tls" {
        /// The file with its certificate and with those between that and an authority, in PEM, its own first.
        certificate: NamedFile = NamedFile::none();
        /// The file with the key of the certificate, in PEM.
        key: NamedFile = NamedFile::none();
    }
}

section! {
    /// Certificates of applications: they prove who an application is, or their tokens are bound to them (mutual TLS, RFC 8705).
    /// [Operations](operations.md#certificates-of-applications) says how each proxy is told to pass them on.
    Mtls in "mtls" {
        /// Where they come from: from nowhere (`off`), from the connections to Doorward itself (`tls`), or from a header that a
        /// proxy of `proxy.trusted` sets: as RFC 9440 has it (`client_cert`), as nginx writes it (`escaped_pem`), or as DER in
        /// base64, as Caddy writes it (`base64_der`). The header of anybody else is passed over.
        certificates: CertificatesFrom = CertificatesFrom::Off;
        /// The name of that header. The proxy must set it, or take it away, with every request.
        header: FieldName = FieldName::client_cert();
        /// The file with the certificates of the authorities who may vouch for an application (`tls_client_auth`), in PEM. It is
        /// read again when it changes. Without, an application can show only certificates that it is registered with
        /// (`self_signed_tls_client_auth`).
        authorities: NamedFile = NamedFile::none();
        /// With `tls`: where to listen for those connections alone that are asked for a certificate, so that no browser of anybody
        /// who signs in is asked for one: there are the endpoints that applications call, and no page. Without, every connection is
        /// asked; a certificate can always be left out.
        listen: Listen = Listen::none();
        /// The URL at which applications reach that listener, or at which the proxy asks for certificates, if that is another one
        /// than the issuer's. Metadata names the endpoints there (`mtls_endpoint_aliases`).
        address: MtlsAddress = MtlsAddress::none();
    }
}

section! {
    /// Reverse proxies.
    Proxy in "proxy" {
        /// Networks of reverse proxies, whose word about a browser's address (`X-Forwarded-For`) is believed.
        trusted: Networks = Networks::default();
    }
}

section! {
    /// Requests that Doorward makes itself: it tells applications that asked for it when somebody has signed out, and gets what
    /// applications publish: keys, signed requests, and documents that they are registered with. They lead to the public
    /// internet by https at port 443, and to nothing else.
    Outbound in "outbound" {
        /// Networks that they may lead to besides, at any port: where applications are that only your own network reaches, and
        /// `127.0.0.0/8` and `::1/128` for those on the same machine, which are then also reached by http. Name no more than you must:
        /// whoever registers applications can have Doorward knock at every address in them.
        allow: Networks = Networks::default();
        /// The proxy that all of them go through, but those to this machine. Doorward asks it to connect (CONNECT) to a name at port 443, or to
        /// an address that may be called, and speaks TLS through it. It resolves the names, so it must refuse what they lead to within your
        /// network: [Operations](operations.md#requests-through-a-proxy) says how.
        proxy: EgressProxy = EgressProxy::default();
    }
}

section! {
    /// Stopping.
    Stop in "stop" {
        /// How long it goes on as usual after SIGTERM, while `/health/ready` already says no: as long as a load balancer may
        /// take to notice. Nothing is lost then when one node after the other is restarted. A node without a balancer needs none.
        pause: Span<0, 30> = Span::seconds(0);
    }
}

section! {
    /// Logs. They go to standard error; standard output has only what a command answers.
    Log in "log" {
        /// How lines look: `auto` is for people on a terminal and JSON elsewhere.
        format: LogFormat = LogFormat::Auto;
        /// Which lines are written. It is used as it stands, so keep the two `off`, or every line names what goes on around the
        /// session cookie.
        filter: LogFilter = LogFilter::informative();
    }
}

section! {
    /// Metrics, in the text format of Prometheus. [Operations](operations.md#metrics) has what there is, and what to be told of.
    Metrics in "metrics" {
        /// Where to listen for `GET /metrics`; nowhere unless it is set. Nobody is asked who they are there, and what is said is how many people sign in,
        /// and how old keys are: use an address that only your monitoring system reaches, such as `127.0.0.1:9464`.
        listen: Listen = Listen::none();
    }
}

/// Everything that can be configured.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// Keys at the top.
    pub server: Server,
    /// `[session]`
    pub session: Session,
    /// `[acr]`
    pub acr: Acr,
    /// `[tokens]`
    pub tokens: Tokens,
    /// `[keys]`
    pub keys: Keys,
    /// `[pkcs11]`
    pub pkcs11: Pkcs11,
    /// `[dpop]`
    pub dpop: Dpop,
    /// `[password]`
    pub password: Password,
    /// `[api_tokens]`
    pub api_tokens: ApiTokens,
    /// `[limits]`
    pub limits: Limits,
    /// `[registration]`
    pub registration: Registration,
    /// `[tls]`
    pub tls: Tls,
    /// `[mtls]`
    pub mtls: Mtls,
    /// `[proxy]`
    pub proxy: Proxy,
    /// `[outbound]`
    pub outbound: Outbound,
    /// `[stop]`
    pub stop: Stop,
    /// `[log]`
    pub log: Log,
    /// `[metrics]`
    pub metrics: Metrics,
}

impl Configuration {
    /// Its sections, in the order of the documentation.
    pub fn sections(&self) -> [&dyn Section; 18] {
        [
            &self.server,
            &self.session,
            &self.acr,
            &self.tokens,
            &self.keys,
            &self.pkcs11,
            &self.dpop,
            &self.password,
            &self.api_tokens,
            &self.limits,
            &self.registration,
            &self.tls,
            &self.mtls,
            &self.proxy,
            &self.outbound,
            &self.stop,
            &self.log,
            &self.metrics,
        ]
    }

    fn sections_mut(&mut self) -> [&mut dyn Section; 18] {
        [
            &mut self.server,
            &mut self.session,
            &mut self.acr,
            &mut self.tokens,
            &mut self.keys,
            &mut self.pkcs11,
            &mut self.dpop,
            &mut self.password,
            &mut self.api_tokens,
            &mut self.limits,
            &mut self.registration,
            &mut self.tls,
            &mut self.mtls,
            &mut self.proxy,
            &mut self.outbound,
            &mut self.stop,
            &mut self.log,
            &mut self.metrics,
        ]
    }

    /// The file with the key-encryption key.
    pub fn key_file(&self) -> PathBuf {
        match &self.server.key_file {
            KeyFile::InDataDirectory => self.server.data.join("key-encryption-key"),
            KeyFile::At(path) => path.clone(),
        }
    }

    /// Where the directory is: people, clients and all else that lasts.
    pub fn directory(
        &self,
    ) -> Result<doorward_directory::Location, doorward_directory::UnknownLocation> {
        self.server.directory.location(&self.server.data)
    }

    /// Where the session store is.
    pub fn sessions(&self) -> Result<Location, UnknownLocation> {
        self.server.sessions.location(&self.server.data)
    }
}

/// The key of a setting as people write it, such as `tokens.access_token`.
pub(crate) fn dotted(table: &str, name: &str) -> String {
    if table.is_empty() {
        name.to_owned()
    } else {
        format!("{table}.{name}")
    }
}

/// The variable of a setting, such as `DOORWARD_TOKENS__ACCESS_TOKEN`.
pub(crate) fn variable(table: &str, name: &str) -> String {
    let key = dotted(table, name).replace('.', "__");
    format!("DOORWARD_{}", key.to_ascii_uppercase())
}
