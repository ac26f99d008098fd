//! The IiifInstitution resource: types, rules, and the tenant table made from it.
