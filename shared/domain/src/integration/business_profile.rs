//! What customers see when they open a business's profile. The provider keeps it; it is read from
//! there and written there, and we have no copy that could be older.

/// A business's profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessProfile {
    /// The line below the name.
    pub about: Option<String>,
    /// Where it is.
    pub address: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Where one writes to.
    pub email: Option<String>,
    /// Its pages.
    pub websites: Vec<String>,
    /// Its trade, by the provider's word.
    pub vertical: Option<String>,
    /// Where its picture is.
    pub picture_url: Option<String>,
}

/// What is to be different about a profile: what is not given stays, what is empty is taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessProfileChange {
    /// As [`BusinessProfile::about`].
    pub about: Option<String>,
    /// As [`BusinessProfile::address`].
    pub address: Option<String>,
    /// As [`BusinessProfile::description`].
    pub description: Option<String>,
    /// As [`BusinessProfile::email`].
    pub email: Option<String>,
    /// As [`BusinessProfile::websites`].
    pub websites: Option<Vec<String>>,
    /// As [`BusinessProfile::vertical`].
    pub vertical: Option<String>,
}
