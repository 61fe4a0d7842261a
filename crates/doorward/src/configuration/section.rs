//! What a section of the configuration is: a struct whose fields, defaults and descriptions stand in one place.

use super::value::Value;

/// One setting, as it is listed and documented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key inside its section, such as `access_token`.
    pub name: &'static str,
    /// What it is for, in Markdown.
    pub text: String,
    /// What may be written.
    pub allowed: String,
    /// The present value, in the notation of the file. No secret is in it.
    pub shown: String,
}

/// Why a section took no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSet {
    /// The section has no such key.
    UnknownKey {
        /// The keys that it has.
        keys: Vec<&'static str>,
    },
    /// The value is none of those allowed.
    BadValue {
        /// The value, as far as it may be shown.
        found: String,
        /// What may be written.
        allowed: String,
    },
}

/// A struct that is one table of the file.
pub trait Section {
    /// The table's name; empty for the keys at the top.
    fn table(&self) -> &'static str;
    /// What the section is for, in Markdown.
    fn about(&self) -> String;
    /// Its settings, in the order of the documentation.
    fn settings(&self) -> Vec<Setting>;
    /// Reads `text` into the field called `key`.
    fn set(&mut self, key: &str, text: &str) -> Result<(), NotSet>;
}

/// Reads `text` into `field`.
pub(super) fn assign<V: Value>(field: &mut V, text: &str) -> Result<(), NotSet> {
    *field = V::parse(text).ok_or_else(|| NotSet::BadValue {
        found: V::quote(text),
        allowed: V::allowed(),
    })?;
    Ok(())
}

/// Joins the lines of a rustdoc comment.
pub(super) fn prose(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| line.trim())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Declares a section: a struct with a default beside each field, and the [`Section`] that lists
/// its fields with the text of their rustdoc. One text is the documentation of code and file alike.
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        $section:ident in $table:literal {
            $($(#[doc = $text:literal])* $field:ident: $type:ty = $default:expr;)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        pub struct $section {
            $($(#[doc = $text])* pub $field: $type,)*
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::configuration::section::Section for $section {
            fn table(&self) -> &'static str {
                $table
            }

            fn about(&self) -> String {
                $crate::configuration::section::prose(&[$($about),*])
            }

            fn settings(&self) -> Vec<$crate::configuration::section::Setting> {
                use $crate::configuration::value::Value;
                vec![$($crate::configuration::section::Setting {
                    name: stringify!($field),
                    text: $crate::configuration::section::prose(&[$($text),*]),
                    allowed: <$type as Value>::allowed(),
                    shown: self.$field.show(),
                },)*]
            }

            fn set(
                &mut self,
                key: &str,
                text: &str,
            ) -> Result<(), $crate::configuration::section::NotSet> {
                match key {
                    $(stringify!($field) => {
                        $crate::configuration::section::assign(&mut self.$field, text)
                    })*
                    _ => Err($crate::configuration::section::NotSet::UnknownKey {
                        keys: vec![$(stringify!($field)),*],
                    }),
                }
            }
        }
    };
}

pub(super) use section;
