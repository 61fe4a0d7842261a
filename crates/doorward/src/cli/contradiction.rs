//! Arguments that are each right, and together make no command.

use doorward_core::client::{EncryptionUnusable, Incoherent, ProfileBroken};
use doorward_core::subject::NoSector;

/// Arguments that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Contradiction {
    /// What the profile of the application does not allow.
    #[error(transparent)]
    Profile(#[from] ProfileBroken),
    /// What does not fit together whoever registers the application.
    #[error("{}", in_options(*.0))]
    Incoherent(#[from] Incoherent),
    /// Nothing to encrypt with.
    #[error("--jwks FILE or --jwks-uri URI is missing, or has no fitting key: {0}")]
    Encryption(#[from] EncryptionUnusable),
    /// A public client with a secret.
    #[error("--public goes with no --auth-method but none: a public client has no secret")]
    PublicWithSecret,
    /// The end of a secret, without one.
    #[error(
        "--secret-lifetime goes with an --auth-method client_secret_… only: the application has no secret"
    )]
    LifetimeOfNoSecret,
    /// The algorithm of a key, without one.
    #[error(
        "--assertion-algorithm goes with --auth-method private_key_jwt only: a secret has HS256 alone"
    )]
    NoSignature,
    /// What only assertions need, without them.
    #[error(
        "--assertion-audience goes with --auth-method private_key_jwt or client_secret_jwt only"
    )]
    NoAssertion,
    /// A browser would tell somebody else.
    #[error(
        "--frontchannel-logout-uri goes with a --redirect-uri of the same scheme, host and port: the application tells only itself"
    )]
    FrontchannelElsewhere,
    /// A sector, and subjects that know none.
    #[error("--sector-identifier-uri goes with --subject-type pairwise only")]
    SectorOfPublic,
    /// Pairwise subjects, and nothing that says for whom.
    #[error(
        "--subject-type pairwise goes with --sector-identifier-uri, an https address whose host stands for the application: {0}"
    )]
    NoSector(NoSector),
    /// Somebody's word that nothing could prove.
    #[error(
        "an assertion issuer has --jwks FILE or --jwks-uri URI, the public keys that it signs with"
    )]
    IssuerWithoutKeys,
    /// Assertions that speak of a client, whichever they are.
    #[error(
        "--identity client goes with --subject SUB, the sub that stands for the client: otherwise every assertion would"
    )]
    ClientWithoutSubject,
    /// Assertions that speak of people, and a name that would stand for a client.
    #[error("--subject goes with --identity client only: of people, each has a sub of their own")]
    SubjectOfPerson,
    /// A token that says nothing, with a signature.
    #[error("--algorithm goes with --token-format jwt only: an opaque token has no signature")]
    OpaqueWithSignature,
    /// A list of signed tokens, for an API that has none.
    #[error(
        "--status-list goes with --token-format jwt only: who asks about a token learns at once that it was revoked"
    )]
    OpaqueWithStatusList,
    /// A scope with two meanings.
    #[error("the same --scope is given twice")]
    ScopeTwice,
    /// API tokens for what the API does not have.
    #[error("--api-token-scope names scopes of the API: give each with --scope too")]
    ApiTokensWithoutScope,
    /// A type with two meanings.
    #[error("two files of --authorization-details-type describe the same type")]
    DetailsTypeTwice,
    /// A program or a project, and nobody behind it.
    #[error("say who answers for it: --owner-user NAME or --owner-group GROUP")]
    NobodyAnswers,
    /// A token whose owner follows from whom it acts for.
    #[error(
        "--owner-user and --owner-group go with --project only: a person answers for their own tokens, and the owner of a service account for its"
    )]
    OwnerOfNoProject,
    /// A token, and nobody that it would act for.
    #[error("a token is made for --user NAME, --service-account NAME or --project PROJECT")]
    TokenOfNobody,
    /// Nothing that could be changed.
    #[error("say what is to change, such as --name or --email")]
    NothingToChange,
}

/// The reason in the words of the command line.
const fn in_options(reason: Incoherent) -> &'static str {
    match reason {
        Incoherent::PublicWithKeys => {
            "--public goes with neither --jwks nor --jwks-uri: an application that keeps no secret keeps no private key"
        }
        Incoherent::KeysTwice => "--jwks cannot be used with --jwks-uri",
        Incoherent::AssertionWithoutKeys => {
            "--auth-method private_key_jwt goes with --jwks FILE or --jwks-uri URI, the public keys of the application"
        }
        Incoherent::CertificateUnnamed => {
            "--auth-method tls_client_auth goes with what the certificate says: one of --certificate-subject, --certificate-dns, --certificate-uri, --certificate-ip and --certificate-email"
        }
        Incoherent::NameOfNoCertificate => {
            "what a certificate says (--certificate-…) goes with --auth-method tls_client_auth only"
        }
        Incoherent::CertificateUnknown => {
            "--auth-method self_signed_tls_client_auth goes with --jwks-uri URI, or with --jwks FILE: a JWK Set in which a key has its certificate (x5c or x5t#S256), or the certificate itself in PEM"
        }
        Incoherent::RequestObjectWithoutKeys(_) => {
            "--require-signed-requests, --request-object-algorithm, --request-object-lifetime and --request-uri go with --jwks FILE or --jwks-uri URI, the public keys of the application"
        }
        Incoherent::PublicWithoutPkce => {
            "--pkce optional goes with a secret only: for a public client PKCE is the only proof"
        }
        Incoherent::RefreshWithoutSignIn => {
            "--grant-type refresh_token goes with --grant-type authorization_code or device_code, which the first refresh token comes from"
        }
        Incoherent::PublicWithCredentials => {
            "--grant-type client_credentials goes with no --public: a public client has no credentials"
        }
        Incoherent::CodeWithoutRedirectUri => {
            "--redirect-uri is missing: where people are sent back to, exactly as the application writes it"
        }
        Incoherent::RedirectUriWithoutCode => {
            "--redirect-uri goes with --grant-type authorization_code: otherwise nobody is sent anywhere"
        }
        Incoherent::PublicWithExchange => {
            "--grant-type token_exchange goes with no --public: a public client cannot prove who it is"
        }
        Incoherent::ExchangeWithoutTarget => {
            "--grant-type token_exchange goes with --exchange-for URI, a resource server that it may exchange for"
        }
        Incoherent::TargetWithoutExchange => "--exchange-for goes with --grant-type token_exchange",
    }
}
