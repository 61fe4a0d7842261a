//! Arguments that are one of a few names.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// A parser of arguments that are one of the `choices`; help and errors list them.
pub(super) fn one_of<T>(choices: &'static [(&'static str, T)]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let names = choices.iter().map(|(name, _)| *name);
    PossibleValuesParser::new(names).try_map(|given| {
        choices
            .iter()
            .find(|(name, _)| *name == given)
            .map(|(_, value)| *value)
            .ok_or("not one of the possible values")
    })
}
