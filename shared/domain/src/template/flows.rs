//! Buttons that open forms. A message has to name each of them, though nothing needs to be said of
//! one; so what the sender leaves out is put in here.

use super::{ButtonKind, Definition};
use crate::message::{Component, Parameter, ParameterValue, Template};

/// Names each button of the template that opens a form, as if the sender had.
pub fn name_flows(definition: &Definition, template: &mut Template) {
    for (number, button) in (0_u8..).zip(&definition.buttons) {
        if button.kind != ButtonKind::Flow {
            continue;
        }
        let plain =
            Parameter { name: None, value: ParameterValue::Flow { token: None, data: None } };
        let given = template.components.iter_mut().find_map(|component| match component {
            Component::Button { index, parameters, .. } if *index == number => Some(parameters),
            Component::Button { .. }
            | Component::Header { .. }
            | Component::Body { .. }
            | Component::Carousel { .. }
            | Component::Offer { .. } => None,
        });
        match given {
            Some(parameters) if parameters.is_empty() => parameters.push(plain),
            Some(_) => {}
            None => template.components.push(Component::Button {
                sub_type: ButtonKind::Flow.name().to_owned(),
                index: number,
                parameters: vec![plain],
            }),
        }
    }
}
