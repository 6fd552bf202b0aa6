//! What a subscriber wants to hear about.

use std::fmt;
use std::str::FromStr;

use sea_orm::DeriveValueType;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One kind of news. Its slug stands in addresses, files and the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Articles.
    #[sea_orm(string_value = "blog-posts")]
    BlogPosts,
    /// What is free.
    #[sea_orm(string_value = "free-offerings")]
    FreeOfferings,
    /// What costs something.
    #[sea_orm(string_value = "paid-offerings")]
    PaidOfferings,
    /// The rest.
    #[sea_orm(string_value = "other-news")]
    OtherNews,
}

/// No topic has this slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no topic {0:?}: it is blog-posts, free-offerings, paid-offerings or other-news")]
pub struct UnknownTopic(pub String);

impl Topic {
    /// All four, in the order in which they are shown.
    pub const ALL: [Self; 4] = [
        Self::BlogPosts,
        Self::FreeOfferings,
        Self::PaidOfferings,
        Self::OtherNews,
    ];

    /// As addresses, files and the API spell it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::BlogPosts => "blog-posts",
            Self::FreeOfferings => "free-offerings",
            Self::PaidOfferings => "paid-offerings",
            Self::OtherNews => "other-news",
        }
    }

    fn bit(self) -> i16 {
        match self {
            Self::BlogPosts => 1,
            Self::FreeOfferings => 2,
            Self::PaidOfferings => 4,
            Self::OtherNews => 8,
        }
    }
}

impl FromStr for Topic {
    type Err = UnknownTopic;
    fn from_str(slug: &str) -> Result<Self, UnknownTopic> {
        let found = Self::ALL.into_iter().find(|t| t.slug() == slug);
        found.ok_or_else(|| UnknownTopic(slug.chars().take(60).collect()))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// A set of topics; the table keeps it as four bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DeriveValueType)]
pub struct Topics(i16);

impl Topics {
    /// All four: what step 1 of signing up means.
    pub const ALL: Self = Self(15);

    /// From slugs; the first unknown one is the error.
    pub fn parse<'a>(slugs: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownTopic> {
        slugs.into_iter().map(str::parse::<Topic>).collect()
    }

    /// Whether the topic is in it.
    pub fn contains(self, topic: Topic) -> bool {
        self.0 & topic.bit() != 0
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 & Self::ALL.0 == 0
    }

    /// In the order in which they are shown.
    pub fn iter(self) -> impl Iterator<Item = Topic> {
        Topic::ALL.into_iter().filter(move |&t| self.contains(t))
    }
}

impl Serialize for Topics {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

impl FromIterator<Topic> for Topics {
    fn from_iter<I: IntoIterator<Item = Topic>>(topics: I) -> Self {
        Self(topics.into_iter().fold(0, |bits, t| bits | t.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_a_set_of_four_slugs() {
        assert_eq!(Topics::parse(Topic::ALL.map(Topic::slug)), Ok(Topics::ALL));
        let two = Topics::parse(["other-news", "blog-posts", "blog-posts"]).unwrap();
        assert_eq!(two.iter().collect::<Vec<_>>(), [Topic::BlogPosts, Topic::OtherNews]);
        assert!(Topics::parse([]).unwrap().is_empty() && !two.is_empty());
        assert_eq!(Topics::parse(["blog"]), Err(UnknownTopic("blog".into())));
        assert_eq!(
            serde_json::to_string(&Topic::PaidOfferings).unwrap(),
            "\"paid-offerings\""
        );
    }
}
