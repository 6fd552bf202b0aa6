//! `/contact` and `/privacy`.

use serde::Serialize;

use super::super::Page;
use super::super::frame::Frame;
use super::parts::Office;

/// How to reach her.
#[derive(Debug, Clone, Serialize)]
pub struct ContactPage {
    /// The frame.
    pub frame: Frame,
    /// Where she receives, if she does.
    pub office: Option<Office>,
    /// The postal address, line by line.
    pub postal_address: Vec<String>,
}

/// What is kept, and why.
#[derive(Debug, Clone, Serialize)]
pub struct PrivacyPage {
    /// The frame.
    pub frame: Frame,
    /// The postal address of who is responsible, line by line.
    pub postal_address: Vec<String>,
    /// After how many days a sent mail's content is blanked.
    pub mail_days: u32,
}

impl Page for ContactPage {
    const TEMPLATE: &'static str = "pages/contact.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            frame: Frame::sample(),
            office: Some(Office::sample()),
            postal_address: vec![
                "Slow Lantern Lactation".into(),
                "12 Ember Row, Suite 3".into(),
                "Asheville, NC 28801".into(),
            ],
        };
        let silent = Frame {
            phone: None,
            phone_link: None,
            ..Frame::sample()
        };
        vec![
            full.clone(),
            Self {
                frame: silent,
                office: None,
                ..full
            },
        ]
    }
}

impl Page for PrivacyPage {
    const TEMPLATE: &'static str = "pages/privacy.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            frame: Frame::sample(),
            postal_address: vec![
                "Slow Lantern Lactation".into(),
                "12 Ember Row, Suite 3".into(),
                "Asheville, NC 28801".into(),
            ],
            mail_days: 30,
        }]
    }
}
