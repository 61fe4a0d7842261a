//! Pages as a browser without scripts reads them.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use url::form_urlencoded::Serializer;

use crate::authorization::AuthorizationRequest;

/// An answer of the provider to a browser.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path and query at the provider.
    pub path: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
    /// What was asked for when this browser came here.
    pub request: Option<AuthorizationRequest>,
}

/// A form of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Names and values of its fields as they are sent, without buttons.
    pub fields: Vec<(String, String)>,
    /// Names and values of its boxes that are not ticked.
    pub unticked: Vec<(String, String)>,
    /// Names and values of the buttons that send it.
    pub buttons: Vec<(String, String)>,
}

impl Page {
    /// All forms of the page.
    pub fn forms(&self) -> Vec<Form> {
        let mut forms = self.body.split("<form").skip(1);
        let mut found = Vec::new();
        for text in forms.by_ref() {
            let (text, _) = text.split_once("</form>").expect("a form ends");
            let (head, content) = text.split_once('>').expect("a tag ends");
            let attributes = attributes(head);
            found.push(Form {
                action: attribute(&attributes, "action").unwrap_or_default(),
                fields: [elements(content, "<input", is_sent), text_areas(content)].concat(),
                unticked: elements(content, "<input", |head| !is_sent(head)),
                buttons: elements(content, "<button", |_| true),
            });
        }
        found
    }

    /// The form with a button of this value, if there is one.
    pub fn form_with(&self, button: &str) -> Option<Form> {
        let mut forms = self.forms().into_iter();
        forms.find(|form| form.buttons.iter().any(|(_, value)| value == button))
    }

    /// What is sent, and where to, when the button of this value is pressed; `typed` is put in place of the fields'
    /// values, and ticks boxes. Panics when there is no such button.
    #[track_caller]
    pub fn pressed(&self, button: &str, typed: &[(&str, &str)]) -> (String, String) {
        let form = self.form_with(button);
        let form = form.unwrap_or_else(|| panic!("no button {button} on {self:?}"));
        let mut body = Serializer::new(String::new());
        for (name, value) in &form.fields {
            let typed = typed.iter().find(|(other, _)| other == name);
            body.append_pair(name, typed.map_or(value, |(_, typed)| typed));
        }
        let ticked = typed.iter().filter(|(name, value)| {
            let has = |(other, box_value): &(String, String)| other == name && box_value == value;
            form.unticked.iter().any(has) && form.fields.iter().all(|(other, _)| other != name)
        });
        body.extend_pairs(ticked);
        let pressed = form.buttons.iter().filter(|(_, value)| value == button);
        body.extend_pairs(pressed);
        (form.action, body.finish())
    }

    /// The text of the element with this id, without what is in it besides text.
    pub fn text_of(&self, id: &str) -> Option<String> {
        let (_, after) = self.body.split_once(&format!("id=\"{id}\""))?;
        let (_, content) = after.split_once('>')?;
        let (text, _) = content.split_once('<')?;
        Some(unescape(text))
    }

    /// The addresses of its frames.
    pub fn frames(&self) -> Vec<String> {
        let tags = self.body.split("<iframe").skip(1);
        let heads = tags.map(|text| text.split('>').next().unwrap_or_default());
        heads
            .filter_map(|head| attribute(&attributes(head), "src"))
            .collect()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the page asks for a password.
    pub fn is_sign_in(&self) -> bool {
        self.form_with("sign-in").is_some()
    }

    /// Whether the page asks for consent.
    pub fn is_consent(&self) -> bool {
        self.form_with("allow").is_some()
    }

    /// The reference on an error page. Panics on any other page, and when it has forms or may be stored.
    #[track_caller]
    pub fn reference(&self) -> String {
        let reference = self.text_of("error-reference");
        let reference = reference.unwrap_or_else(|| panic!("no error page: {self:?}"));
        assert_eq!(self.forms(), [], "an error page asks for nothing");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        reference
    }
}

/// Whether an input is sent as it is: all but boxes that are not ticked.
fn is_sent(head: &str) -> bool {
    let is_box = head.contains("type=\"checkbox\"") || head.contains("type=\"radio\"");
    !is_box || head.contains(" checked")
}

/// Name and content of every text area.
fn text_areas(content: &str) -> Vec<(String, String)> {
    let named = content.split("<textarea").skip(1).filter_map(|text| {
        let (head, after) = text.split_once('>')?;
        let (typed, _) = after.split_once("</textarea>")?;
        Some((attribute(&attributes(head), "name")?, unescape(typed)))
    });
    named.collect()
}

/// Name and value of every element whose tag begins so, of those whose attributes are such.
fn elements(content: &str, tag: &str, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let tags = content.split(tag).skip(1);
    let heads = tags.map(|text| text.split('>').next().unwrap_or_default());
    let named = heads.filter(|head| wanted(head)).filter_map(|head| {
        let attributes = attributes(head);
        let name = attribute(&attributes, "name")?;
        Some((name, attribute(&attributes, "value").unwrap_or_default()))
    });
    named.collect()
}

fn attribute(attributes: &[(String, String)], name: &str) -> Option<String> {
    let mut attributes = attributes.iter();
    attributes
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.clone())
}

/// The attributes of a tag, all of which are written `name="value"` where they have one.
fn attributes(head: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = head;
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("an attribute ends");
        let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
        found.push((name.to_owned(), unescape(value)));
        rest = after;
    }
    found
}

fn unescape(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    named
        .into_iter()
        .fold(text.to_owned(), |text, (escaped, plain)| {
            text.replace(escaped, plain)
        })
}
