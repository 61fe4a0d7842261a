//! One connection to one server, shared by all who ask.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::io::tcp::TcpSettings;
use ::redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, IntoConnectionInfo,
    Pipeline, ProtocolVersion, PushInfo, PushKind, RedisConnectionInfo, RedisError,
    TlsCertificates, Value,
};

use super::address::Address;
use super::fault::{Effect, Fault};
use super::server::Credentials;

/// How long connecting and signing in may take. Within a data centre it takes a few milliseconds.
const CONNECTING: Duration = Duration::from_millis(700);

/// How long a server may take to answer. Ours are the cheapest of its commands, so one that takes longer is in trouble.
const ANSWERING: Duration = Duration::from_secs(1);

/// How to connect: what lies beneath, and who we are.
#[derive(Clone)]
pub(super) struct Dialer {
    pub(super) encryption: Encryption,
    pub(super) credentials: Credentials,
    pub(super) database: u32,
}

/// What lies beneath a connection.
#[derive(Clone)]
pub(super) enum Encryption {
    None,
    /// TLS, trusting these authorities in PEM, or the system's.
    Tls(Option<Vec<u8>>),
}

impl Dialer {
    /// Connects and signs in.
    pub(super) async fn connect(&self, to: &Address) -> Result<Connection, Fault> {
        let end = Arc::new(OnceLock::new());
        let told = Arc::clone(&end);
        let lost = Fault::new(Effect::InDoubt, format!("the connection to {to} was lost"));
        let hear = move |push: PushInfo| -> Result<(), ()> {
            if push.kind == PushKind::Disconnection {
                // It may have ended for a reason of its own before.
                let _ = told.set(lost.clone());
            }
            Ok(())
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTING))
            .set_response_timeout(Some(ANSWERING))
            .set_push_sender(hear);
        let connect = async {
            let client = self.client(to)?;
            client
                .get_multiplexed_async_connection_with_config(&config)
                .await
        };
        match connect.await {
            Ok(wire) => Ok(Connection {
                wire,
                end,
                to: to.clone(),
            }),
            Err(error) => Err(Fault::of_connecting(&error, to)),
        }
    }

    fn client(&self, to: &Address) -> Result<Client, RedisError> {
        let information = self.information(to)?;
        match &self.encryption {
            Encryption::None => Client::open(information),
            Encryption::Tls(authority) => {
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: authority.clone(),
                };
                Client::build_with_tls(information, certificates)
            }
        }
    }

    fn information(&self, to: &Address) -> Result<ConnectionInfo, RedisError> {
        let Address { host, port } = to.clone();
        let address = match self.encryption {
            Encryption::None => ConnectionAddr::Tcp(host, port),
            Encryption::Tls(_) => ConnectionAddr::TcpTls {
                host,
                port,
                insecure: false,
                tls_params: None,
            },
        };
        // The third version of the protocol is the one in which we hear of a lost connection without asking.
        let mut settings = RedisConnectionInfo::default()
            .set_protocol(ProtocolVersion::RESP3)
            .set_skip_set_lib_name()
            .set_db(self.database.into());
        if let Some(user) = &self.credentials.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &self.credentials.password {
            settings = settings.set_password(password);
        }
        let tcp = TcpSettings::default().set_nodelay(true);
        let information = address.into_connection_info()?;
        Ok(information
            .set_redis_settings(settings)
            .set_tcp_settings(tcp))
    }
}

/// An open connection. Cheap to clone; what is asked at once goes out together.
#[derive(Clone)]
pub(super) struct Connection {
    wire: MultiplexedConnection,
    /// Why it is of no further use.
    end: Arc<OnceLock<Fault>>,
    to: Address,
}

impl Connection {
    /// Why it is of no further use, once it is known to be.
    pub(super) fn end(&self) -> Option<&Fault> {
        self.end.get()
    }

    /// Asks one thing.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Value, Fault> {
        let answer = command.query_async(&mut self.wire.clone()).await;
        self.judged(answer)
    }

    /// Asks for what another node of a cluster sent us to this one for.
    pub(super) async fn ask_redirected(&self, command: &Cmd) -> Result<Value, Fault> {
        let mut asking = Pipeline::new();
        asking.cmd("ASKING").ignore().add_command(command.clone());
        let answer = asking.query_async(&mut self.wire.clone()).await;
        self.judged(answer.map(|(value,)| value))
    }

    fn judged(&self, answer: Result<Value, RedisError>) -> Result<Value, Fault> {
        answer.map_err(|error| {
            let fault = Fault::of_request(&error, &self.to);
            if fault.ends_connection() {
                // Of several that fail the first one tells why.
                let _ = self.end.set(fault.clone());
            }
            fault
        })
    }
}
