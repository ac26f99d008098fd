//! What is not as the resource wants it, and does not stop the rest.

use acervo_tenancy::Bilingual;

/// What is not as the resource wants it, and does not stop the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The condition that it belongs to.
    pub about: About,
    /// What kind of finding it is.
    pub reason: FindingReason,
    /// What is wrong and what to do.
    pub message: Bilingual,
}

/// A condition of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// `StorageReady`.
    Storage,
    /// `ServerAvailable`.
    Server,
    /// `RouteAccepted`.
    Route,
    /// `HostnamesAccepted`.
    Hostnames,
    /// `CollectionsIngested`.
    Collections,
}

/// Declares the kinds of finding: the variant's own name is the reason that conditions write.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident => $about:ident,)*) => {
        /// The kinds of finding; the names are those of condition reasons and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingReason {
            $($(#[$doc])* $name,)*
        }

        impl FindingReason {
            /// The reason as conditions write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The condition that findings of this kind belong to.
            #[must_use]
            pub const fn about(self) -> About {
                match self {
                    $(Self::$name => About::$about,)*
                }
            }
        }
    };
}

reasons! {
    /// An older institution has the host.
    HostnameClaimed => Hostnames,
    /// The host is the platform's.
    HostnameOfPlatform => Hostnames,
    /// The place of a kept address is another institution's, or the platform's.
    AddressClaimed => Hostnames,
    /// A kept address cannot be read.
    AddressInvalid => Hostnames,
    /// The cluster has no ListenerSets: a listener for the host must be added to the Gateway.
    ListenerNeeded => Hostnames,
    /// The Gateway does not find the certificate of a host.
    CertificateMissing => Hostnames,
    /// The cluster has no Gateway API.
    GatewayApiMissing => Route,
    /// There is no such Gateway.
    GatewayMissing => Route,
    /// The Gateway's controller has not accepted it.
    GatewayNotAccepted => Route,
    /// The existing claim that the resource names is not there.
    ClaimMissing => Storage,
    /// The storage class that is asked for is not there.
    StorageClassMissing => Storage,
    /// The class of the volume does not let it grow.
    StorageCannotGrow => Storage,
    /// Class or access mode of a volume cannot be changed.
    StorageFixed => Storage,
    /// The volume is larger than the resource asks for, and cannot shrink.
    StorageLarger => Storage,
    /// The existing claim is smaller than the resource asks for.
    ClaimSmaller => Storage,
    /// An image pull Secret of the platform is missing.
    PullSecretMissing => Server,
    /// The folder of a collection is not there.
    SourceMissing => Collections,
    /// The platform does not let ingest reach the S3 service of a collection.
    EndpointNotAllowed => Collections,
    /// The schedule of a collection cannot be followed.
    ScheduleInvalid => Collections,
}

impl About {
    /// The type of the condition.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Storage => "StorageReady",
            Self::Server => "ServerAvailable",
            Self::Route => "RouteAccepted",
            Self::Hostnames => "HostnamesAccepted",
            Self::Collections => "CollectionsIngested",
        }
    }
}

impl Finding {
    /// A finding, in Spanish and English.
    pub(super) fn new(reason: FindingReason, es: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            about: reason.about(),
            reason,
            message: Bilingual::new(es, en),
        }
    }
}
