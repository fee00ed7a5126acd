//! What customers order from a catalogue.

use serde::{Deserialize, Serialize};

/// Goods that a customer orders from a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogOrder {
    /// The provider's id of the catalogue.
    pub catalog_id: String,
    /// The customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What they order.
    pub items: Vec<OrderItem>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The seller's id of the product.
    pub product: String,
    /// How many.
    pub quantity: u32,
    /// The price of one as the provider wrote it, a decimal number: kept as text, to the digit.
    pub price: String,
    /// The currency, in three letters.
    pub currency: String,
}
