//! The forms of a page, as a browser without JavaScript sees them.
//!
//! It reads any server-rendered page, so a sign-in depends on no name of Doorward's fields. It is
//! no HTML parser: it looks at the tags `form`, `input` and `button` alone.

use std::collections::HashMap;

/// A form, ready to be filled in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Where the form is sent; `None` stands for the page's own address.
    pub(super) action: Option<String>,
    /// Hidden fields, which go back unchanged.
    hidden: Vec<(String, String)>,
    /// The buttons that send it.
    buttons: Vec<(String, String)>,
    username: Option<String>,
    password: Option<String>,
}

impl Form {
    /// The first form of a page that asks for a password.
    pub(super) fn asking_for_a_password(page: &str) -> Option<Self> {
        Self::find(page, |form| form.password.is_some())
    }

    /// The first form of a page that has a button of this value.
    pub(super) fn with_button(page: &str, value: &str) -> Option<Self> {
        Self::find(page, |form| form.buttons.iter().any(|(_, of)| of == value))
    }

    fn find(page: &str, wanted: impl Fn(&Self) -> bool) -> Option<Self> {
        let mut open: Option<Self> = None;
        for tag in tags(page) {
            match tag.name.as_str() {
                "form" => {
                    open = Some(Self {
                        action: tag.value("action").filter(|action| !action.is_empty()),
                        ..Self::default()
                    });
                }
                "/form" => match open.take() {
                    Some(form) if wanted(&form) => return Some(form),
                    _ => {}
                },
                "input" | "button" => {
                    if let Some(form) = &mut open {
                        form.note_control(&tag);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The pairs that a browser would send when somebody types these and presses Enter.
    pub(super) fn filled<'a>(
        &'a self,
        username: &'a str,
        password: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let typed = [(&self.username, username), (&self.password, password)];
        self.hidden
            .iter()
            .chain(self.buttons.first())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(
                typed
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.as_deref()?, value))),
            )
    }

    /// The pairs that a browser would send when somebody presses the button of this value.
    pub(super) fn pressed(&self, value: &str) -> impl Iterator<Item = (&str, &str)> {
        let pressed = self.buttons.iter().filter(move |(_, of)| of == value);
        let sent = self.hidden.iter().chain(pressed);
        sent.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The pair that a browser would send when somebody types this into the page's field.
    pub(super) fn typed<'a>(&'a self, text: &'a str) -> Option<(&'a str, &'a str)> {
        Some((self.username.as_deref()?, text))
    }

    fn note_control(&mut self, tag: &Tag) {
        let Some(name) = tag.value("name") else {
            return;
        };
        let default_kind = if tag.name == "button" {
            "submit"
        } else {
            "text"
        };
        let kind = tag.value("type").unwrap_or_default().to_ascii_lowercase();
        match if kind.is_empty() { default_kind } else { &kind } {
            "hidden" => self
                .hidden
                .push((name, tag.value("value").unwrap_or_default())),
            "submit" => self
                .buttons
                .push((name, tag.value("value").unwrap_or_default())),
            "password" => self.password = self.password.take().or(Some(name)),
            "text" | "email" => self.username = self.username.take().or(Some(name)),
            _ => {}
        }
    }
}

/// One start or end tag.
struct Tag {
    /// In lower case, with the slash of an end tag.
    name: String,
    attributes: HashMap<String, String>,
}

impl Tag {
    fn value(&self, attribute: &str) -> Option<String> {
        self.attributes.get(attribute).cloned()
    }
}

fn tags(page: &str) -> impl Iterator<Item = Tag> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('<')?;
        let (tag, after) = read_tag(after);
        rest = after;
        Some(tag)
    })
}

/// Reads what follows a `<`, up to and with its `>`.
fn read_tag(text: &str) -> (Tag, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = HashMap::new();
    while let Some((attribute, value, after)) = read_attribute(rest) {
        attributes
            .entry(attribute.to_ascii_lowercase())
            .or_insert_with(|| unescape(value));
        rest = after;
    }
    let tag = Tag {
        name: name.to_ascii_lowercase(),
        attributes,
    };
    (tag, rest)
}

/// Reads one attribute: its name, its value and what follows; `None` at the tag's end.
fn read_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>'))?;
    let (name, rest) = text
        .split_at_checked(end)
        .filter(|(name, _)| !name.is_empty())?;
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        return Some((name, "", rest));
    };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote)?;
            return Some((name, value, rest));
        }
    }
    let end = value.find(|c: char| c.is_whitespace() || c == '>')?;
    let (value, rest) = value.split_at(end);
    Some((name, value, rest))
}

/// Replaces the character references that servers put into attributes.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let reference = after
            .split_once(';')
            .and_then(|(name, after)| Some((referred(name)?, after)));
        let (character, after) = reference.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain + rest
}

fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html><body>
        <form action="/language" method="post"><input type="hidden" name="token" value="1"><button name="l" value="de">DE</button></form>
        <FORM method='post' Action='/sign-in?a=1&amp;b=2'>
          <input type="hidden" name="csrf" value="x&quot;&#x2F;&#39;y">
          <label>Name <input id="username" name=login autofocus autocomplete="username"></label>
          <input type="password" name="secret" required/>
          <input type="checkbox" name="remember" value="1">
          <button type="button" name="show" value="1">Show</button>
          <button name="action" value="sign-in">Sign in</button>
          <button name="action" value="cancel">Cancel</button>
        </FORM></body></html>"#;

    #[test]
    fn the_form_with_the_password_is_found_and_sent_as_a_browser_would() {
        let form = Form::asking_for_a_password(PAGE).unwrap();

        assert_eq!(form.action.as_deref(), Some("/sign-in?a=1&b=2"));
        assert_eq!(
            form.filled("alice", "p&w").collect::<Vec<_>>(),
            [
                ("csrf", "x\"/'y"),
                ("action", "sign-in"),
                ("login", "alice"),
                ("secret", "p&w")
            ],
        );
    }

    #[test]
    fn the_form_of_a_button_is_found_and_sent_with_that_button_alone() {
        let form = Form::with_button(PAGE, "cancel").unwrap();
        assert_eq!(
            form.pressed("cancel").collect::<Vec<_>>(),
            [("csrf", "x\"/'y"), ("action", "cancel")],
        );
        assert_eq!(Form::with_button(PAGE, "sign-out"), None);
    }

    #[test]
    fn a_page_without_a_password_field_has_no_sign_in_form() {
        assert_eq!(
            Form::asking_for_a_password("<form><input name=q></form>"),
            None
        );
        assert_eq!(Form::asking_for_a_password("<p>Sorry</p>"), None);
    }

    #[test]
    fn a_form_without_an_action_goes_to_its_own_page() {
        let form =
            Form::asking_for_a_password("<form action=''><input type=password name=p></form>");
        assert_eq!(form.unwrap().action, None);
    }

    #[test]
    fn broken_markup_ends_the_search_without_a_form() {
        for page in [
            "<form",
            "<form><input type=\"password",
            "<",
            "<form><input type=password name",
            "&",
        ] {
            assert_eq!(Form::asking_for_a_password(page), None, "{page}");
        }
    }

    #[test]
    fn what_is_no_character_reference_stays() {
        assert_eq!(unescape("a&b;c&#xZ;&lt"), "a&b;c&#xZ;&lt");
        assert_eq!(unescape("&#60;&#x3e;"), "<>");
    }
}
