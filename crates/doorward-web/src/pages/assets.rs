//! The files that pages load: all of them ours, all of them in the binary.

/// What the path of every asset begins with.
pub const ASSETS: &str = "/assets/";

/// What stands before it at the host of a site.
const AT_SITES: &str = "/.doorward";

/// How long a browser may keep what it asked for by version: a year, for a version never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The stylesheet of every page.
pub const STYLESHEET: Asset = Asset::new(
    "doorward.css",
    "text/css; charset=utf-8",
    include_bytes!("../../assets/doorward.css"),
);

/// The mark, as browsers show it beside the title.
pub const MARK: Asset = Asset::new(
    "doorward.svg",
    "image/svg+xml",
    include_bytes!("../../assets/doorward.svg"),
);

/// What the sign-in page adds where scripts run: a button that shows the password.
pub const SCRIPT: Asset = Asset::new(
    "doorward.js",
    "text/javascript; charset=utf-8",
    include_bytes!("../../assets/doorward.js"),
);

/// Sends the form of a [`FormPost`](super::FormPost) without waiting for its button.
pub const FORM_POST_SCRIPT: Asset = Asset::new(
    "form-post.js",
    "text/javascript; charset=utf-8",
    include_bytes!("../../assets/form-post.js"),
);

/// Goes on from [`SigningOut`](super::SigningOut) when every client was told.
pub const SIGNING_OUT_SCRIPT: Asset = Asset::new(
    "signing-out.js",
    "text/javascript; charset=utf-8",
    include_bytes!("../../assets/signing-out.js"),
);

/// What the page that shows an API token adds where scripts run: a button that copies it.
pub const COPY_SCRIPT: Asset = Asset::new(
    "copy.js",
    "text/javascript; charset=utf-8",
    include_bytes!("../../assets/copy.js"),
);

/// Every asset.
pub const ALL: [Asset; 6] = [
    STYLESHEET,
    MARK,
    SCRIPT,
    FORM_POST_SCRIPT,
    SIGNING_OUT_SCRIPT,
    COPY_SCRIPT,
];

/// A file that pages load.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    version: u64,
}

impl Asset {
    const fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            name,
            content_type,
            bytes,
            version: fnv1a(bytes),
        }
    }

    /// The asset of that name, which is its path after [`ASSETS`].
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|asset| asset.name == name)
    }

    /// Its path after [`ASSETS`].
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        self.content_type
    }

    /// What is in it.
    pub fn bytes(self) -> &'static [u8] {
        self.bytes
    }

    /// Where pages load it from: its path, and its version as the query.
    pub fn url(self) -> String {
        format!("{ASSETS}{}?{:016x}", self.name, self.version)
    }

    /// The same for pages at the host of a site.
    pub fn url_at_site(self) -> String {
        format!("{AT_SITES}{}", self.url())
    }

    /// The value of `Cache-Control` for a request with that query. During an upgrade a page of one release may
    /// ask another release for its asset: it gets what there is, and is not to keep it.
    pub fn cache_control(self, query: Option<&str>) -> &'static str {
        if query == Some(format!("{:016x}", self.version).as_str()) {
            FOR_EVER
        } else {
            "no-cache"
        }
    }
}

/// [FNV-1a](https://www.rfc-editor.org/rfc/rfc9923), which the compiler can compute: it tells versions apart
/// and protects nothing.
const fn fnv1a(mut bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    while let [byte, rest @ ..] = bytes {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_the_published_hash() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_asset_is_found_where_its_url_says() {
        for asset in ALL {
            let url = asset.url();
            let (name, query) = url.strip_prefix(ASSETS).unwrap().split_once('?').unwrap();
            let found = Asset::named(name).unwrap();
            assert_eq!(found.bytes(), asset.bytes());
            assert_eq!(found.cache_control(Some(query)), FOR_EVER);
        }
        assert!(Asset::named("../Cargo.toml").is_none());
    }

    #[test]
    fn another_version_is_not_kept() {
        for query in [None, Some(""), Some("0000000000000000")] {
            assert_eq!(STYLESHEET.cache_control(query), "no-cache");
        }
    }

    #[test]
    fn no_asset_loads_anything_from_elsewhere() {
        for asset in ALL {
            let text = std::str::from_utf8(asset.bytes()).unwrap();
            let text = text.replace("http://www.w3.org/2000/svg", "");
            for elsewhere in ["http:", "https:", "\"//", "url(", "@import"] {
                assert!(!text.contains(elsewhere), "{}: {elsewhere}", asset.name);
            }
        }
    }
}
