//! The values of `[keys]` and `[pkcs11]`.

use doorward_core::jose::{Algorithm, RsaSize};

use super::value::{Value, quoted};

/// What signing keys are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithms(pub Vec<Algorithm>);

/// [OpenID Connect Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata) demands the one, and
/// access tokens have the other unless something else is registered.
const NEEDED: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];

impl Algorithms {
    /// What clients ask for.
    pub fn usual() -> Self {
        Self(Algorithm::USUAL.into())
    }
}

impl Value for Algorithms {
    fn allowed() -> String {
        let all = Algorithm::ALL.map(|algorithm| quoted(algorithm.as_str()));
        format!(
            "a list of {}, with \"RS256\" and \"ES256\" among them",
            all.join(", ")
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let named = text.split(',').map(|name| name.trim().parse().ok());
        let named = named.collect::<Option<Vec<Algorithm>>>()?;
        let has_needed = NEEDED.iter().all(|needed| named.contains(needed));
        // In the order of metadata, and each once.
        let all = Algorithm::ALL.into_iter();
        has_needed.then(|| Self(all.filter(|algorithm| named.contains(algorithm)).collect()))
    }

    fn show(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|own| quoted(own.as_str())).collect();
        format!("[{}]", names.join(", "))
    }
}

impl Value for RsaSize {
    fn allowed() -> String {
        "2048, 3072 or 4096".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let bits: u32 = text.parse().ok()?;
        Self::ALL.into_iter().find(|size| size.bits() == bits)
    }

    fn show(&self) -> String {
        self.bits().to_string()
    }
}

/// A text that may be left out: a label, or a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Option<String>);

impl Line {
    /// None.
    pub const fn none() -> Self {
        Self(None)
    }

    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Value for Line {
    fn allowed() -> String {
        "one line of text; nothing between the quotation marks is none".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let is_line = !text.chars().any(char::is_control);
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        is_line.then_some(Self(text))
    }

    fn show(&self) -> String {
        quoted(self.0.as_deref().unwrap_or_default())
    }
}
