//! Reading a template.

use std::str::FromStr;

use super::{KeptKind, Part, Placeholder, Template, TemplateError};

/// The longest template, in characters; the bound of the resource's field.
const LONGEST: usize = 512;

impl Template {
    /// Reads a template that is to be of one kind.
    ///
    /// # Errors
    /// If the text is no template, or one of the other kind; see [`TemplateError`].
    pub fn read(text: &str, kind: KeptKind) -> Result<Self, TemplateError> {
        if text.chars().count() > LONGEST {
            return Err(TemplateError::TooLong);
        }
        let after_scheme = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or(TemplateError::Scheme)?;
        let end = after_scheme
            .find(['/', '?', '#'])
            .unwrap_or(after_scheme.len());
        let (authority, path) = after_scheme.split_at(end);
        if path.contains(['?', '#']) {
            return Err(TemplateError::Query);
        }
        let host = host(authority)?;
        let parts = parts(path)?;
        let template = Self {
            kind,
            origin: text[..text.len() - path.len()].to_owned(),
            host,
            parts,
        };
        template.check(path)?;
        Ok(template)
    }

    /// What a template of its kind must have.
    fn check(&self, path: &str) -> Result<(), TemplateError> {
        let found: Vec<Placeholder> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Literal(_) => None,
                Part::Placeholder(placeholder) => Some(*placeholder),
            })
            .collect();
        for (index, one) in found.iter().enumerate() {
            let of_images = !matches!(
                one,
                Placeholder::Institution | Placeholder::Collection | Placeholder::Item
            );
            if of_images && self.kind == KeptKind::Manifest {
                return Err(TemplateError::Unknown(one.name().to_owned()));
            }
            if *one != Placeholder::Institution && found[..index].contains(one) {
                return Err(TemplateError::Twice(one.name().to_owned()));
            }
        }
        let has = |one| found.contains(&one);
        match self.kind {
            KeptKind::Manifest if !has(Placeholder::Item) => return Err(TemplateError::NoItem),
            KeptKind::Manifest => {}
            KeptKind::Image => {
                let by_item = has(Placeholder::Item)
                    && has(Placeholder::Page) != has(Placeholder::File)
                    && !has(Placeholder::Identifier);
                let others = [Placeholder::Item, Placeholder::Page, Placeholder::File];
                let by_identifier = has(Placeholder::Identifier) && !others.into_iter().any(has);
                if !by_item && !by_identifier {
                    return Err(TemplateError::NoImage);
                }
                if path.ends_with('/') {
                    return Err(TemplateError::FinalSlash);
                }
            }
        }
        if self.prefix().is_empty() {
            return Err(TemplateError::First);
        }
        Ok(())
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    /// Reads a template, of images if it has a placeholder that only those have.
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let of_images = ["{identifier}", "{page}", "{file}", "{version}"];
        let kind = if of_images.iter().any(|one| text.contains(one)) {
            KeptKind::Image
        } else {
            KeptKind::Manifest
        };
        Self::read(text, kind)
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

/// The host of an authority, in lower case. No IP addresses: routes and certificates have names only.
fn host(authority: &str) -> Result<String, TemplateError> {
    if authority.contains(['@', '[']) {
        return Err(TemplateError::Host);
    }
    let (host, port) = authority.split_once(':').unzip();
    if let Some(port) = port {
        let number = port.parse::<u16>().unwrap_or(0);
        if number == 0 || port.starts_with('+') {
            return Err(TemplateError::Port);
        }
    }
    let host = host.unwrap_or(authority).to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_name = last.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_host = host.len() <= 253 && is_name && host.split('.').all(is_label);
    is_host.then_some(host).ok_or(TemplateError::Host)
}

/// The pieces of a path.
fn parts(path: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let end = rest.find(['{', '}']).unwrap_or(rest.len());
        if end > 0 {
            parts.push(Part::Literal(rest[..end].to_owned()));
            rest = &rest[end..];
            continue;
        }
        let (name, after) = rest
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
            .filter(|(name, _)| !name.contains('{'))
            .ok_or(TemplateError::Brace)?;
        let mut known = Placeholder::ALL.into_iter();
        let placeholder = known
            .find(|placeholder| placeholder.name() == name)
            .ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
        if matches!(parts.last(), Some(Part::Placeholder(_))) {
            return Err(TemplateError::Adjacent);
        }
        parts.push(Part::Placeholder(placeholder));
        rest = after;
    }
    literal(path)?;
    Ok(parts)
}

/// The literal text is one that a path can have, and that proxies leave as it is.
fn literal(path: &str) -> Result<(), TemplateError> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%{}".contains(c);
    if let Some(c) = path.chars().find(|&c| !is_allowed(c)) {
        return Err(TemplateError::Character(c));
    }
    for (at, _) in path.match_indices('%') {
        let digits = path.get(at + 1..at + 3).unwrap_or_default();
        let code = u8::from_str_radix(digits, 16).ok();
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex || code.is_none_or(|code| code == b'/') {
            return Err(TemplateError::Percent);
        }
    }
    // The final slash of a manifest's address ends no segment.
    let segments = path.strip_suffix('/').unwrap_or(path);
    let wrong = ["", ".", ".."];
    let mut segments = segments.split('/').skip(1);
    if segments.any(|segment| wrong.contains(&segment)) {
        return Err(TemplateError::Segment);
    }
    Ok(())
}
