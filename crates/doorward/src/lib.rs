//! A self-hosted single sign-on identity provider.
