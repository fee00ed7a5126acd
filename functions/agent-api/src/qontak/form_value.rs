//! A value of a form, read as what its field is.
//!
//! A form has only text. Where the field is an object or a list, that text is JSON; where it is
//! text, it stays what was typed, whatever it looks like. The field's own type decides, so no list
//! of names has to be kept, and what is wrong inside is named by its path as in a body of JSON.

use serde::{
    Deserializer,
    de::{Error as _, IgnoredAny, IntoDeserializer, Visitor},
    forward_to_deserialize_any,
};
use serde_json::{Deserializer as Json, Error, de::StrRead};

/// The text of one field.
pub(super) struct FormValue<'de>(pub(super) &'de str);

impl<'de> FormValue<'de> {
    /// The JSON in it. Looked at as a whole first: JSON that is broken is the field's fault, and not
    /// that of the place inside at which it breaks off.
    fn json(&self) -> Result<Json<StrRead<'de>>, Error> {
        match serde_json::from_str::<IgnoredAny>(self.0) {
            Ok(IgnoredAny) => Ok(Json::from_str(self.0)),
            Err(error) => Err(Error::custom(format!("in a form it is JSON text: {error}"))),
        }
    }
}

impl<'de> IntoDeserializer<'de, Error> for FormValue<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for FormValue<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text: serde::de::value::StrDeserializer<'_, Error> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.json()?.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.json()?.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.json()?.deserialize_seq(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple tuple_struct identifier ignored_any
    }
}
