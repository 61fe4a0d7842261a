//! What may expire: codes, browser sessions, interactions, counters; embedded or on Redis.
