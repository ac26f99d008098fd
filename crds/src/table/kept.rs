//! Addresses that institutions published before, and what stands in them for their collections.

use std::collections::BTreeSet;

use acervo_tenancy::{Bilingual, Collection, InstitutionName, KeptAddresses, KeptKind, Template};

use super::{Making, Reason, other_owner};
use crate::addresses::Addresses;
use crate::{BaseUrl, Claim, PlatformPlace};

impl Making<'_> {
    /// The templates that the institution can have.
    pub(super) fn kept(&mut self, name: &InstitutionName, wanted: &Addresses) -> KeptAddresses {
        let mut kept = KeptAddresses {
            follows_asked: self.platform.base_url.is_none(),
            ..KeptAddresses::default()
        };
        for (kind, template) in wanted.templates() {
            let read = template
                .map(|template| template.of(name))
                .map_err(|error| (Reason::AddressInvalid, error.message()));
            match read.and_then(|template| self.claimed(name, template)) {
                Ok(template) if kind == KeptKind::Manifest => kept.manifest = Some(template),
                Ok(template) => kept.image = Some(template),
                Err((reason, message)) => {
                    let field = Addresses::field(kind).to_owned();
                    self.problem(name.as_str(), field, reason, message);
                }
            }
        }
        kept.follows_asked &= !kept.is_empty();
        kept
    }

    /// Claims the place of the template for the institution, or says why it cannot have it.
    fn claimed(
        &mut self,
        name: &InstitutionName,
        template: Template,
    ) -> Result<Template, (Reason, Bilingual)> {
        let base_url = self.platform.base_url.as_ref();
        let mut claim = Claim::of(&template);
        let place = format!("{}{}", claim.host, claim.prefix);
        match BaseUrl::place(base_url, &claim.host, &claim.prefix) {
            PlatformPlace::Platform => return Err(of_platform(&place)),
            PlatformPlace::Institution(other)
                if other != name.as_str() && self.names.contains(other) =>
            {
                return Err(claimed_by(&place, other));
            }
            PlatformPlace::Institution(_) | PlatformPlace::Free => {}
        }
        // Where every host is answered alike, only the path tells addresses apart.
        if base_url.is_none() {
            claim.host.clear();
        }
        match other_owner(&self.claims, &claim, name) {
            Some(owner) => Err(claimed_by(&place, owner.as_str())),
            None => {
                self.claims.entry(claim).or_insert_with(|| name.clone());
                Ok(template)
            }
        }
    }

    /// Takes away what stands for a collection in addresses where it stands for an earlier one already.
    pub(super) fn tell_apart(&mut self, name: &InstitutionName, collections: &mut [Collection]) {
        let mut taken = BTreeSet::new();
        for (index, collection) in collections.iter_mut().enumerate() {
            if taken.insert(collection.name_in_addresses().to_owned()) {
                continue;
            }
            let Some(twice) = collection.address_name.take() else {
                continue;
            };
            let message = Bilingual::new(
                format!(
                    "«{twice}» ya representa a otra colección en las direcciones; escriba otro nombre o quítelo"
                ),
                format!(
                    "\"{twice}\" already stands for another collection in addresses; write another name or remove it"
                ),
            );
            let field = format!("spec.collections[{index}].addressName");
            self.problem(name.as_str(), field, Reason::AddressInvalid, message);
            taken.insert(collection.name_in_addresses().to_owned());
        }
    }
}

fn of_platform(place: &str) -> (Reason, Bilingual) {
    let message = Bilingual::new(
        format!(
            "{place} es parte de las direcciones de la propia plataforma; quite esta dirección o consérvela en otro nombre de equipo"
        ),
        format!(
            "{place} is part of the platform's own addresses; remove this address, or keep it on another host"
        ),
    );
    (Reason::AddressClaimed, message)
}

/// What to say of an address whose place another institution has.
#[must_use]
pub fn address_claimed(place: &str, owner: &str) -> Bilingual {
    Bilingual::new(
        format!(
            "las direcciones que empiezan con {place} ya son de la institución «{owner}»; cambie o quite spec.addresses en una de las dos, por ejemplo con {{institution}} en la parte fija"
        ),
        format!(
            "addresses that begin with {place} already belong to the institution \"{owner}\"; change or remove spec.addresses of one of the two, for example with {{institution}} in the fixed part"
        ),
    )
}

fn claimed_by(place: &str, owner: &str) -> (Reason, Bilingual) {
    (Reason::AddressClaimed, address_claimed(place, owner))
}
