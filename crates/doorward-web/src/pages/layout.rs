//! What pages share: the frame around them, fields, alerts and forms.

use maud::{DOCTYPE, Markup, html};

use super::assets::{self, Asset};
use crate::texts::{Text, Texts};

/// The name of the field by which a form proves that we gave it to this browser.
pub const CSRF_FIELD: &str = "csrf";

/// A whole page around `main`, which brings its own `<main>`.
pub(super) fn layout(texts: &Texts, title: Text, main: &Markup) -> Markup {
    layout_with(texts, title, main, Asset::url)
}

/// The same at the host of a site.
pub(super) fn layout_at_site(texts: &Texts, title: Text, main: &Markup) -> Markup {
    layout_with(texts, title, main, Asset::url_at_site)
}

fn layout_with(texts: &Texts, title: Text, main: &Markup, url: fn(Asset) -> String) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(texts.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (texts.get(title)) " · Doorward" }
                link rel="icon" type=(assets::MARK.content_type()) href=(url(assets::MARK));
                link rel="stylesheet" href=(url(assets::STYLESHEET));
            }
            body {
                header.brand { (mark()) span { "Doorward" } }
                (main)
            }
        }
    }
}

/// A door with its keyhole.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false" {
            path fill="currentColor" fill-rule="evenodd" d=(DOOR) {}
        }
    }
}

/// The outline of the mark: the leaf under its arch, and the keyhole cut out of it.
const DOOR: &str = "M6 30V13a10 10 0 0 1 20 0v17zM16 11.5a3.75 3.75 0 0 0-2.1 6.85L12.6 24.5h6.8l-1.3-6.15A3.75 3.75 0 0 0 16 11.5z";

/// A form that posts to `action`, with the proof that we gave it to this browser.
pub(super) fn form(action: &str, csrf: &str, content: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name=(CSRF_FIELD) value=(csrf);
            (content)
        }
    }
}

/// A labelled field of a form. Its `id` is its name.
pub(super) struct Field<'a> {
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: &'a str,
    pub(super) autocomplete: &'a str,
    pub(super) value: &'a str,
    /// The id of the alert that concerns it.
    pub(super) described_by: Option<&'a str>,
    pub(super) invalid: bool,
    pub(super) focused: bool,
}

/// The field with its label, and `after` at the end of its line.
pub(super) fn field(field: &Field<'_>, after: &Markup) -> Markup {
    html! {
        div.field {
            label for=(field.id) { (field.label) }
            div.input {
                input #(field.id) name=(field.id) type=(field.kind) value=(field.value) required
                    autocomplete=(field.autocomplete) autocapitalize="none" autocorrect="off" spellcheck="false"
                    aria-invalid=[field.invalid.then_some("true")] aria-describedby=[field.described_by]
                    autofocus[field.focused];
                (after)
            }
        }
    }
}

/// What went wrong, told where it is seen and heard at once.
pub(super) fn alert(id: &str, message: &Markup) -> Markup {
    html! {
        div.alert #(id) role="alert" {
            svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" {
                path fill="currentColor" fill-rule="evenodd"
                    d="M10 1.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9 5.5v5.75h2V5.5zm0 7.5v2h2v-2z" {}
            }
            p { (message) }
        }
    }
}

/// What to think of before going on; unlike an alert it tells of nothing that happened.
pub(super) fn caution(message: &Markup) -> Markup {
    html! {
        div.caution {
            svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" {
                path fill="currentColor" fill-rule="evenodd"
                    d="M10 1.75 19 17.5H1zm-1 5.5v5h2v-5zm0 6.25v2h2v-2z" {}
            }
            p { (message) }
        }
    }
}
