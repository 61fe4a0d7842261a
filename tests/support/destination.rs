//! Where a browser is after what it did: at a page of the provider, or at the client.

use crate::authorization::{AuthorizationResponse, Code};
use crate::page::Page;

/// Where a browser came to rest.
#[derive(Clone, Debug)]
pub enum Destination {
    /// At the client, with a response.
    Client(AuthorizationResponse),
    /// At a page of the provider.
    Page(Page),
}

impl Destination {
    /// The response. Panics when the browser is still at the provider.
    #[track_caller]
    pub fn response(self) -> AuthorizationResponse {
        match self {
            Self::Client(response) => response,
            Self::Page(page) => panic!("no response, but {page:?}"),
        }
    }

    /// The page. Panics when the browser has left the provider.
    #[track_caller]
    pub fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            Self::Client(response) => panic!("no page, but {response:?}"),
        }
    }

    /// The code. Panics when there is none.
    #[track_caller]
    pub fn code(self) -> Code {
        self.response().code()
    }

    /// The error code. Panics when there is none.
    #[track_caller]
    pub fn error(self) -> String {
        self.response().error().to_owned()
    }

    /// The sign-in page. Panics when it is not one.
    #[track_caller]
    pub fn sign_in_page(self) -> Page {
        let page = self.page();
        assert!(page.is_sign_in(), "no sign-in page: {page:?}");
        page
    }

    /// The consent page. Panics when it is not one.
    #[track_caller]
    pub fn consent_page(self) -> Page {
        let page = self.page();
        assert!(page.is_consent(), "no consent page: {page:?}");
        page
    }
}
