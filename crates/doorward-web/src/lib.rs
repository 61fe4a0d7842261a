//! The endpoints and pages of the provider.
