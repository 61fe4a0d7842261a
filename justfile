# `just` lists these. None of them does what its commands alone would not.
_list:
    @just --list

# The provider and two sample applications, to look at
demo:
    cargo run --release -- demo

# The provider
run *args:
    cargo run -- serve {{args}}

# What a change must pass before its tests
check: fmt lint doc deny

# Every test, against real servers and a real browser
test *filter:
    tests/run {{filter}}

# Is the code formatted?
fmt:
    cargo fmt --all --check

# Does clippy have anything to say?
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Does the documentation build without a warning?
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Are the dependencies' licences, sources and versions as decided?
deny:
    cargo deny --workspace --log-level error check bans licenses sources

# The provider's speed and size beside the reference server
bench *args:
    cargo build --release -p doorward
    cargo run --release -p doorward-bench -- {{args}}

# Two nodes behind a balancer, to look at: `just cluster`, and `just cluster down` from elsewhere
cluster action="up" *args:
    cargo build -p doorward
    cargo run -p doorward-drill -- {{action}} {{args}}

# What a cluster loses when things break: nothing
drill *args:
    cargo build -p doorward
    cargo run -p doorward-drill -- drill {{args}}

# What each endpoint costs with ten thousand people, and with a million
scale *args:
    cargo build --release -p doorward
    cargo run --release -p doorward-bench -- scale {{args}}

# Everything that a change must pass
gate:
    .ci/run
