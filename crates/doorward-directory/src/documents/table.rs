//! The texts of SQL for documents of one kind.

/// Where the documents of one kind are, and the SQL that reads and writes them.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub(crate) name: &'static str,
    /// All of them, each as its name and its text.
    pub(crate) all: &'static str,
    /// The one of a name.
    pub(crate) one: &'static str,
    /// Adds one, unless there is one of its name.
    pub(crate) insert: &'static str,
    /// Puts a text in place of another one.
    pub(crate) update: &'static str,
    pub(crate) delete: &'static str,
}

/// The table of this name, whose rows are told apart by this column.
macro_rules! table {
    ($table:literal, $name:literal) => {
        $crate::documents::Table {
            name: $table,
            all: concat!("SELECT ", $name, ", document FROM ", $table),
            one: concat!(
                "SELECT ",
                $name,
                ", document FROM ",
                $table,
                " WHERE ",
                $name,
                " = $1"
            ),
            insert: concat!(
                "INSERT INTO ",
                $table,
                " (",
                $name,
                ", document) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            ),
            update: concat!(
                "UPDATE ",
                $table,
                " SET document = $1 WHERE ",
                $name,
                " = $2 AND document = $3"
            ),
            delete: concat!("DELETE FROM ", $table, " WHERE ", $name, " = $1"),
        }
    };
}

pub(super) use table;
