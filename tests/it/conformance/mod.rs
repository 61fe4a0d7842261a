//! What the conformance suite of the OpenID Foundation demands, one test for each of its modules.

mod rp_initiated_logout;
