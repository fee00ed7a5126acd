//! Places and contact cards.

use domain::message::{Card, Location};
use platform::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "latitude": -6.2, "longitude": 106.816666, "name": "Kopi Kita" }))]
pub struct NewLocation {
    /// Degrees north: -90 to 90. Seven decimals count.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    /// Degrees east: -180 to 180. Seven decimals count.
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    /// What the place is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub name: Option<String>,
    /// Its address; shown only if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub address: Option<String>,
}

impl NewLocation {
    /// The place, which stands in this field.
    pub(super) fn read(&self, field: &str) -> Result<Location, Problem> {
        Ok(Location {
            latitude_e7: e7(&format!("{field}.latitude"), self.latitude, 90.0)?,
            longitude_e7: e7(&format!("{field}.longitude"), self.longitude, 180.0)?,
            name: self.name.clone(),
            address: self.address.clone(),
            url: None,
        })
    }
}

/// Degrees in whole ten-millionths. Bounded first, so that the number fits.
fn e7(field: &str, degrees: f64, most: f64) -> Result<i64, Problem> {
    if !(-most..=most).contains(&degrees) {
        return Err(Problem::field(field, format!("It lies between -{most} and {most}.")));
    }
    let text = format!("{:.0}", degrees * 1e7);
    text.parse().map_err(|_| Problem::field(field, "It is not a number of degrees."))
}

/// Somebody's contact card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Ani Wijaya", "phones": ["+62 811 0000 000"] }))]
pub struct NewCard {
    /// The name as a whole.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub first_name: Option<String>,
    /// The family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub last_name: Option<String>,
    /// Where they work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub company: Option<String>,
    /// Up to 20 phone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub phones: Vec<String>,
    /// Up to 20 e-mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub emails: Vec<String>,
}

impl NewCard {
    pub(super) fn read(&self) -> Card {
        Card {
            name: self.name.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            company: self.company.clone(),
            phones: self.phones.clone(),
            emails: self.emails.clone(),
            details: Box::default(),
        }
    }
}
