//! Where a token is made.

use doorward_core::api_token::{MANAGE_TOKENS, READ_TOKENS};
use maud::{Markup, html};

use super::super::ACTION_FIELD;
use super::super::layout::{alert, form, layout};
use super::expiry::counted;
use super::problem::Spot;
use super::{Expiry, TokenProblem, TypedToken};
use crate::texts::{Text, Texts, Value};

/// The name of the field that makes a form work once.
pub const ONCE_FIELD: &str = "form";

/// The form that makes a token. It posts `csrf`, `form`, `name`, `scope` once for each, `expiry`, `date`, `networks`, `here`, `per_minute`,
/// `per_day` and `action`, which is `make`.
#[derive(Clone, Debug)]
pub struct MakeApiToken {
    /// What was typed before.
    pub typed: TypedToken,
    /// What is wrong with that.
    pub problems: Vec<TokenProblem>,
    /// What the person may let a token do.
    pub offered: Vec<OfferedServer>,
    /// After how many days it may expire, the usual ones, in order.
    pub days: Vec<u32>,
    /// The most days that it may live; it may live for ever when absent.
    pub most_days: Option<u64>,
    /// The network that the person is in, as far as we know.
    pub here: Option<String>,
    /// Where the form goes.
    pub action: String,
    /// Where the list is.
    pub list_url: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// What makes the form work once.
    pub form: String,
}

/// An API, and what a token may do there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedServer {
    /// What people call it; absent for Doorward itself.
    pub name: Option<String>,
    /// Each scope, with what it allows in the API's words; those of Doorward have words of their own.
    pub scopes: Vec<(String, String)>,
}

impl MakeApiToken {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card.wide {
                h1 { (texts.get(Text::ApiTokenMakeTitle)) }
                p.lead { (texts.get(Text::ApiTokensLead)) }
                @if !self.problems.is_empty() {
                    (alert("problems", &html! { (texts.get(Text::ApiTokenProblems)) }))
                    div.problem { (self.told_at(Spot::Form, texts)) }
                }
                (form(&self.action, &self.csrf, &self.fields(texts)))
            }
        };
        layout(texts, Text::ApiTokenMakeTitle, &main)
    }

    fn fields(&self, texts: &Texts) -> Markup {
        html! {
            input type="hidden" name=(ONCE_FIELD) value=(self.form);
            (self.name(texts))
            (self.scopes(texts))
            (self.expiry(texts))
            (self.networks(texts))
            (self.quota(texts))
            div.actions {
                button.primary #token-make type="submit" name=(ACTION_FIELD) value="make" { (texts.get(Text::ApiTokenMake)) }
                a.quiet href=(self.list_url) { (texts.get(Text::ApiTokenCancel)) }
            }
        }
    }

    fn name(&self, texts: &Texts) -> Markup {
        html! {
            div.field {
                label for="name" { (texts.get(Text::ApiTokenName)) }
                input #name name="name" type="text" value=(self.typed.name) required maxlength="100" autocomplete="off"
                    aria-invalid=[self.invalid(Spot::Name)] aria-describedby=(self.described_by(Spot::Name, "name"));
                p.note #name-hint { (texts.get(Text::ApiTokenNameHint)) }
                (self.problem(Spot::Name, "name", texts))
            }
        }
    }

    fn scopes(&self, texts: &Texts) -> Markup {
        html! {
            fieldset aria-describedby=(self.described_by(Spot::Scopes, "scopes")) {
                legend { (texts.get(Text::ApiTokenScopes)) }
                p.note #scopes-hint { (texts.get(Text::ApiTokenScopesHint)) }
                (self.problem(Spot::Scopes, "scopes", texts))
                @for server in &self.offered {
                    div.offered role="group" aria-label=(server.name(texts)) {
                        p.server { bdi { (server.name(texts)) } }
                        @for (scope, words) in &server.scopes {
                            (self.scope(scope, &words_of(scope, words, texts)))
                        }
                    }
                }
            }
        }
    }

    fn scope(&self, scope: &str, words: &Markup) -> Markup {
        let id = format!("scope-{scope}");
        html! {
            div.choice {
                input #(id) type="checkbox" name="scope" value=(scope) checked[self.typed.scopes.contains(scope)];
                label for=(id) { (words) " " code { (scope) } }
            }
        }
    }

    fn expiry(&self, texts: &Texts) -> Markup {
        let days = self.days.iter().map(|days| Expiry::Days(*days));
        let never = self.most_days.is_none().then_some(Expiry::Never);
        html! {
            fieldset aria-describedby=(self.described_by(Spot::Expiry, "expiry")) {
                legend { (texts.get(Text::ApiTokenExpires)) }
                (self.problem(Spot::Expiry, "expiry", texts))
                @for expiry in days.chain([Expiry::Date]).chain(never) { (self.choice(expiry, texts)) }
                div.field {
                    label for="date" { (texts.get(Text::ApiTokenDate)) }
                    input #date name="date" type="date" value=(self.typed.date) aria-invalid=[self.invalid(Spot::Expiry)]
                        aria-describedby="expiry-hint";
                    p.note #expiry-hint {
                        (texts.get(Text::ApiTokenDateHint))
                        @if let Some(most) = self.most_days { " " (counted(Text::ApiTokenDateMost, most, texts)) }
                    }
                }
            }
        }
    }

    fn choice(&self, expiry: Expiry, texts: &Texts) -> Markup {
        let value = expiry.value();
        let id = format!("expiry-{value}");
        html! {
            div.choice {
                input #(id) type="radio" name="expiry" value=(value) checked[self.typed.expiry == expiry];
                label for=(id) {
                    @match expiry {
                        Expiry::Days(days) => (counted(Text::ApiTokenInDays, days.into(), texts)),
                        Expiry::Never | Expiry::Usual => (texts.get(Text::ApiTokenNever)),
                        Expiry::Date => (texts.get(Text::ApiTokenOnDate)),
                    }
                }
            }
        }
    }

    fn networks(&self, texts: &Texts) -> Markup {
        html! {
            fieldset {
                legend { (texts.get(Text::ApiTokenFrom)) }
                @if let Some(here) = &self.here {
                    div.choice {
                        input #here type="checkbox" name="here" value=(here) checked[self.typed.here.as_ref() == Some(here)];
                        label for="here" { (texts.get_with(Text::ApiTokenHere, &[("network", Value::Name(here))])) }
                    }
                }
                div.field {
                    label for="networks" { (texts.get(Text::ApiTokenNetworks)) }
                    textarea #networks name="networks" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false"
                        aria-invalid=[self.invalid(Spot::Networks)]
                        aria-describedby=(self.described_by(Spot::Networks, "networks")) { (self.typed.networks) }
                    p.note #networks-hint { (texts.get(Text::ApiTokenNetworksHint)) }
                    (self.problem(Spot::Networks, "networks", texts))
                }
            }
        }
    }

    fn quota(&self, texts: &Texts) -> Markup {
        html! {
            fieldset {
                legend { (texts.get(Text::ApiTokenQuota)) }
                p.note { (texts.get(Text::ApiTokenQuotaHint)) }
                div.pair {
                    (self.uses(Spot::PerMinute, "per_minute", &self.typed.per_minute, texts))
                    (self.uses(Spot::PerDay, "per_day", &self.typed.per_day, texts))
                }
            }
        }
    }

    fn uses(&self, spot: Spot, id: &str, value: &str, texts: &Texts) -> Markup {
        let label = match spot {
            Spot::PerMinute => Text::ApiTokenUsesMinute,
            _ => Text::ApiTokenUsesDay,
        };
        let invalid = self.invalid(spot);
        let described_by = invalid.map(|_| format!("{id}-problem"));
        html! {
            div.field {
                label for=(id) { (texts.get(label)) }
                input #(id) name=(id) type="text" inputmode="numeric" value=(value) autocomplete="off"
                    aria-invalid=[invalid] aria-describedby=[described_by];
                (self.problem(spot, id, texts))
            }
        }
    }

    fn told_at(&self, spot: Spot, texts: &Texts) -> Markup {
        let told = self
            .problems
            .iter()
            .filter(|problem| problem.spot() == spot);
        html! { @for problem in told { p { (problem.words(texts)) } } }
    }

    fn problem(&self, spot: Spot, id: &str, texts: &Texts) -> Markup {
        html! {
            @if self.invalid(spot).is_some() {
                div.problem #{ (id) "-problem" } { (self.told_at(spot, texts)) }
            }
        }
    }

    fn invalid(&self, spot: Spot) -> Option<&'static str> {
        let mut problems = self.problems.iter();
        problems
            .any(|problem| problem.spot() == spot)
            .then_some("true")
    }

    fn described_by(&self, spot: Spot, id: &str) -> String {
        match self.invalid(spot) {
            Some(_) => format!("{id}-problem {id}-hint"),
            None => format!("{id}-hint"),
        }
    }
}

/// What a scope allows: in our words where it is ours.
fn words_of(scope: &str, words: &str, texts: &Texts) -> Markup {
    match scope {
        READ_TOKENS => html! { (texts.get(Text::ApiTokenScopeRead)) },
        MANAGE_TOKENS => html! { (texts.get(Text::ApiTokenScopeManage)) },
        _ => html! { bdi { (words) } },
    }
}

impl OfferedServer {
    fn name(&self, texts: &Texts) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => texts.get(Text::ApiTokenDoorward).into_owned(),
        }
    }
}
