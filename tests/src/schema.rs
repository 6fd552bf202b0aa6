//! Whether a JSON value is what an OpenAPI document says it is.
//!
//! It knows the words that our document uses and refuses every other one, so that a schema is never believed without being looked at.
//! A member of an object that no schema describes is a fault, too: the document shall say everything.

use serde_json::{Map, Value};

/// An OpenAPI document.
pub struct Contract(Value);

impl Contract {
    /// Over a parsed document.
    pub fn new(document: Value) -> Self {
        assert!(
            document["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")),
            "{document}"
        );
        Self(document)
    }

    /// Every call as "get /offerings".
    pub fn calls(&self) -> Vec<String> {
        let paths = self.0["paths"].as_object().expect("paths");
        paths
            .iter()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .expect("methods")
                    .keys()
                    .map(move |m| format!("{m} {path}"))
            })
            .collect()
    }

    /// Demands that this call may answer so.
    #[track_caller]
    pub fn check(&self, call: &str, status: u16, media: &str, answer: &Value) {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        let said = &self.0["paths"][path][method]["responses"][status.to_string()];
        assert!(!said.is_null(), "{call} does not answer {status}, but did: {answer}");
        let schema = &said["content"][media]["schema"];
        assert!(
            !schema.is_null(),
            "{call} does not answer {media} with {status}: {said}"
        );
        if let Err(why) = self.fits(schema, answer, "the answer") {
            panic!("{call} {status}: {why}\n{answer}");
        }
    }

    /// Demands that a body may be sent.
    #[track_caller]
    pub fn check_body(&self, call: &str, body: &Value) {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        let schema = &self.0["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"];
        if let Err(why) = self.fits(schema, body, "the body") {
            panic!("{call}: {why}\n{body}");
        }
    }

    fn fits(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        self.holds(schema, value, at)?;
        let Some(members) = value.as_object() else {
            return Ok(());
        };
        let described = self.described(schema);
        if described.is_empty() && schema["properties"].is_null() {
            return Ok(());
        }
        match members.keys().find(|name| !described.contains_key(*name)) {
            Some(name) => Err(format!("{at}.{name} is not described")),
            None => Ok(()),
        }
    }

    /// Every property of a schema and of those it is made of.
    fn described(&self, schema: &Value) -> Map<String, Value> {
        let mut all = schema["properties"].as_object().cloned().unwrap_or_default();
        if let Some(other) = schema["$ref"].as_str() {
            all.extend(self.described(self.named(other)));
        }
        for word in ["allOf", "oneOf"] {
            for part in schema[word].as_array().into_iter().flatten() {
                all.extend(self.described(part));
            }
        }
        all
    }

    fn named(&self, reference: &str) -> &Value {
        let found = reference.strip_prefix('#').and_then(|path| self.0.pointer(path));
        found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    fn holds(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (word, said) in schema.as_object().ok_or_else(|| format!("{at} has no schema"))? {
            match word.as_str() {
                "description" | "example" | "default" => {}
                "$ref" => self.holds(self.named(said.as_str().expect("a reference")), value, at)?,
                "allOf" => said
                    .as_array()
                    .expect("parts")
                    .iter()
                    .try_for_each(|part| self.holds(part, value, at))?,
                "oneOf" => {
                    let fitting = said
                        .as_array()
                        .expect("parts")
                        .iter()
                        .filter(|part| self.holds(part, value, at).is_ok());
                    if fitting.count() != 1 {
                        return Err(format!("{at} is not one of {said}"));
                    }
                }
                "type" => {
                    let types = said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
                    if !types.iter().any(|t| is(t.as_str().unwrap_or_default(), value)) {
                        return Err(format!("{at} is no {said}"));
                    }
                }
                "format" => {
                    if let ("date-time", Some(text)) = (said.as_str().unwrap_or_default(), value.as_str())
                        && (text.parse::<jiff::Timestamp>().is_err() || !text.ends_with('Z'))
                    {
                        return Err(format!("{at} is no instant"));
                    }
                }
                "minimum" => {
                    if value.as_f64() < said.as_f64() {
                        return Err(format!("{at} is less than {said}"));
                    }
                }
                "enum" => {
                    if !said.as_array().expect("values").contains(value) {
                        return Err(format!("{at} is none of {said}"));
                    }
                }
                "required" => {
                    let missing = said
                        .as_array()
                        .expect("names")
                        .iter()
                        .find(|name| value[name.as_str().expect("a name")].is_null());
                    if let Some(name) = missing {
                        return Err(format!("{at}.{name} is missing"));
                    }
                }
                "properties" => {
                    for (name, property) in said.as_object().expect("properties") {
                        match value.get(name) {
                            Some(member) if member.is_object() => {
                                self.fits(property, member, &format!("{at}.{name}"))?;
                            }
                            Some(member) => self.holds(property, member, &format!("{at}.{name}"))?,
                            None => {}
                        }
                    }
                }
                "items" => {
                    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.fits(said, item, &format!("{at}[{n}]"))?;
                    }
                }
                other => return Err(format!("{at}: the schema says {other}, which this judge does not know")),
            }
        }
        Ok(())
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}
