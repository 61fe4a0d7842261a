//! Keys whose rows cannot be read, and what to do about them.

use doorward_directory::keys::UnreadableKey;

/// What people read of them; nothing where there is none.
pub(super) fn unreadable(rows: &[UnreadableKey]) -> Option<String> {
    let lines = rows.iter().map(|UnreadableKey { kid, reason, .. }| {
        format!(
            "WARNING: the key {kid} neither signs nor verifies: {reason}. Somebody changed it by hand: bring the row back \
             from a backup, or delete it and rotate."
        )
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
