//! A form, filled in and sent as a browser without script would: what the page filled in already is kept, and nothing can be chosen that is
//! not offered.

use reqwest::Url;
use scraper::{ElementRef, Html};

use crate::page::{fold, selector};

/// What stands in a form.
#[derive(Clone, Debug)]
pub struct Form {
    /// `get` or `post`.
    pub method: String,
    /// Where it is sent.
    pub action: Url,
    controls: Vec<Control>,
}

#[derive(Clone, Debug)]
struct Control {
    name: String,
    value: String,
    kind: Kind,
    /// Whether a browser would send it.
    on: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Radio,
    Tick,
    Option,
    Button,
}

impl Form {
    pub(crate) fn read(html: &Html, form: ElementRef<'_>, page: &Url) -> Self {
        let mut controls = Vec::new();
        let id = form.attr("id").unwrap_or_default();
        let outside = if id.is_empty() {
            Vec::new()
        } else {
            html.select(&selector(&format!("[form=\"{id}\"]"))).collect()
        };
        let any = selector("input, select, textarea, button");
        let inside = form.select(&any);
        for element in inside
            .filter(|e| e.attr("form").is_none_or(|other| other == id))
            .chain(outside)
        {
            read_control(element, &mut controls);
        }
        Self {
            method: form.attr("method").unwrap_or("get").to_ascii_lowercase(),
            action: page.join(form.attr("action").unwrap_or("")).unwrap(),
            controls,
        }
    }

    /// What a browser would send for this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.controls
            .iter()
            .find(|c| c.name == name && c.on && c.kind != Kind::Button)
            .map(|c| c.value.as_str())
    }

    /// The values one can choose from (radios, ticks, options, buttons of that name).
    pub fn choices(&self, name: &str) -> Vec<&str> {
        self.controls
            .iter()
            .filter(|c| c.name == name && c.kind != Kind::Text)
            .map(|c| c.value.as_str())
            .collect()
    }

    /// Whether the form has a control of that name.
    pub fn has(&self, name: &str) -> bool {
        self.controls.iter().any(|c| c.name == name)
    }

    /// Types into a field, or chooses a value that is offered; panics when the form has no such field or offers no such value.
    #[track_caller]
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let known: Vec<_> = self
            .controls
            .iter()
            .map(|c| format!("{}={:?}", c.name, c.value))
            .collect();
        let mut found = false;
        for control in self.controls.iter_mut().filter(|c| c.name == name) {
            match control.kind {
                Kind::Text => {
                    value.clone_into(&mut control.value);
                    found = true;
                }
                Kind::Radio | Kind::Option => {
                    control.on = control.value == value;
                    found |= control.on;
                }
                Kind::Tick => {
                    control.on |= control.value == value;
                    found |= control.value == value;
                }
                Kind::Button => {}
            }
        }
        assert!(
            found,
            "the form {} has no {name} that could be {value:?}: {known:?}",
            self.action
        );
        self
    }

    /// Takes a tick away.
    #[must_use]
    pub fn untick(mut self, name: &str) -> Self {
        for control in self
            .controls
            .iter_mut()
            .filter(|c| c.name == name && c.kind == Kind::Tick)
        {
            control.on = false;
        }
        self
    }

    /// Presses this button of the form: its name and value are sent too.
    #[track_caller]
    #[must_use]
    pub fn press(mut self, name: &str, value: &str) -> Self {
        let button = self
            .controls
            .iter_mut()
            .find(|c| c.kind == Kind::Button && c.name == name && c.value == value);
        button
            .unwrap_or_else(|| panic!("the form {} has no button {name}={value}", self.action))
            .on = true;
        self
    }

    /// What only a forger sends: a value that the form does not offer.
    #[must_use]
    pub fn forge(mut self, name: &str, value: &str) -> Self {
        self.controls.retain(|c| c.name != name);
        self.controls.push(Control {
            name: name.to_owned(),
            value: value.to_owned(),
            kind: Kind::Text,
            on: true,
        });
        self
    }

    /// The pairs that a browser sends.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.controls
            .iter()
            .filter(|c| c.on && !c.name.is_empty())
            .map(|c| (c.name.clone(), c.value.clone()))
            .collect()
    }
}

fn read_control(element: ElementRef<'_>, controls: &mut Vec<Control>) {
    let name = element.attr("name").unwrap_or_default().to_owned();
    if element.attr("disabled").is_some() {
        return;
    }
    let value = |default: &str| element.attr("value").unwrap_or(default).to_owned();
    let checked = element.attr("checked").is_some();
    let control = match element.value().name() {
        "textarea" => {
            let text = element.text().collect::<String>();
            Control {
                name,
                value: text.strip_prefix('\n').unwrap_or(&text).to_owned(),
                kind: Kind::Text,
                on: true,
            }
        }
        "button" => Control {
            name,
            value: value(""),
            kind: Kind::Button,
            on: false,
        },
        "select" => {
            let options: Vec<_> = element.select(&selector("option")).collect();
            let chosen = options.iter().position(|o| o.attr("selected").is_some()).unwrap_or(0);
            for (i, option) in options.iter().enumerate() {
                let text = fold(&option.text().collect::<String>());
                let value = option.attr("value").map_or(text, str::to_owned);
                controls.push(Control {
                    name: name.clone(),
                    value,
                    kind: Kind::Option,
                    on: i == chosen,
                });
            }
            return;
        }
        _ => match element.attr("type").unwrap_or("text") {
            "radio" => Control {
                name,
                value: value("on"),
                kind: Kind::Radio,
                on: checked,
            },
            "checkbox" => Control {
                name,
                value: value("on"),
                kind: Kind::Tick,
                on: checked,
            },
            "submit" | "image" | "button" | "reset" => Control {
                name,
                value: value(""),
                kind: Kind::Button,
                on: false,
            },
            _ => Control {
                name,
                value: value(""),
                kind: Kind::Text,
                on: true,
            },
        },
    };
    controls.push(control);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::page;

    fn sent(form: &Form) -> String {
        let pairs: Vec<_> = form
            .pairs()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join(" ")
    }

    #[test]
    fn a_form_is_sent_as_a_browser_sends_it() {
        let form = page().form("form");
        assert_eq!(form.action.as_str(), "http://127.0.0.1/book/mini?step=2");
        assert_eq!(
            sent(&form),
            "key=k1 name=Ada channel=video note=hello zone=Europe/Paris late=z"
        );
        let form = form
            .set("channel", "phone")
            .set("news", "yes")
            .set("zone", "UTC")
            .set("name", "Bo")
            .press("go", "2");
        assert_eq!(
            sent(&form),
            "key=k1 name=Bo channel=phone news=yes note=hello zone=UTC go=2 late=z"
        );
        assert_eq!(form.choices("channel"), ["phone", "video"]);
        assert_eq!((form.value("name"), form.value("off")), (Some("Bo"), None));
    }

    #[test]
    #[should_panic(expected = "has no channel that could be")]
    fn a_value_that_is_not_offered_cannot_be_chosen() {
        let _ = page().form("form").set("channel", "pigeon");
    }
}
