//! Every text that a page shows, by name.

/// Makes the list of texts, so that a text cannot be used without being listed.
macro_rules! texts {
    ($($name:ident = $id:literal,)*) => {
        /// A text of the pages; every catalogue has each of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Text {
            $(#[doc = concat!("`", $id, "`")] $name,)*
        }

        impl Text {
            /// Every text, in the order of the catalogues.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its id in the catalogues.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

texts! {
    SignInTitle = "sign-in-title",
    SignInTo = "sign-in-to",
    SignInLead = "sign-in-lead",
    SignInUsername = "sign-in-username",
    SignInPassword = "sign-in-password",
    SignInReveal = "sign-in-reveal",
    SignInSubmit = "sign-in-submit",
    SignInCancel = "sign-in-cancel",
    SignInContinueAs = "sign-in-continue-as",
    SignInAnother = "sign-in-another",
    SignInWrongCredentials = "sign-in-wrong-credentials",
    SignInTooManyAttempts = "sign-in-too-many-attempts",
    SignInExpired = "sign-in-expired",

    ClientWebsite = "client-website",
    ClientPolicy = "client-policy",
    ClientTerms = "client-terms",
    ClientDescribed = "client-described",
    OpensInNewTab = "opens-in-new-tab",

    ConsentTitle = "consent-title",
    ConsentHeading = "consent-heading",
    ConsentLead = "consent-lead",
    ConsentAllow = "consent-allow",
    ConsentDeny = "consent-deny",
    ConsentReturn = "consent-return",
    ConsentRemembered = "consent-remembered",
    ConsentPartRemembered = "consent-part-remembered",
    ConsentNotRemembered = "consent-not-remembered",
    ScopeOpenid = "scope-openid",
    ScopeOpenidDetail = "scope-openid-detail",
    ScopeProfile = "scope-profile",
    ScopeProfileDetail = "scope-profile-detail",
    ScopeEmail = "scope-email",
    ScopeEmailDetail = "scope-email-detail",
    ScopeAddress = "scope-address",
    ScopeAddressDetail = "scope-address-detail",
    ScopePhone = "scope-phone",
    ScopePhoneDetail = "scope-phone-detail",
    ScopeGroups = "scope-groups",
    ScopeGroupsDetail = "scope-groups-detail",
    ScopeOfflineAccess = "scope-offline-access",
    ScopeOfflineAccessDetail = "scope-offline-access-detail",
    ScopeResource = "scope-resource",
    ScopeResourceDetail = "scope-resource-detail",
    ScopeSilent = "scope-silent",
    ScopeSilentDetail = "scope-silent-detail",
    DetailAt = "detail-at",
    DetailOnce = "detail-once",
    DetailYes = "detail-yes",
    DetailNo = "detail-no",
    ScopeCustom = "scope-custom",
    ScopeCustomDetail = "scope-custom-detail",

    DeviceTitle = "device-title",
    DeviceCode = "device-code",
    DeviceCodeHint = "device-code-hint",
    DeviceCodeCompare = "device-code-compare",
    DeviceContinue = "device-continue",
    DeviceWrongCode = "device-wrong-code",
    DeviceTooManyAttempts = "device-too-many-attempts",
    DeviceConfirmTitle = "device-confirm-title",
    DeviceConfirmHeading = "device-confirm-heading",
    DeviceConfirmCompare = "device-confirm-compare",
    DeviceConfirmCaution = "device-confirm-caution",
    DeviceConfirmLead = "device-confirm-lead",
    DeviceAllow = "device-allow",
    DeviceDeny = "device-deny",
    DeviceAllowedTitle = "device-allowed-title",
    DeviceAllowedAdvice = "device-allowed-advice",
    DeviceDeniedTitle = "device-denied-title",
    DeviceDeniedAdvice = "device-denied-advice",
    DeviceOverTitle = "device-over-title",
    DeviceOverAdvice = "device-over-advice",
    DeviceAnotherCode = "device-another-code",

    SignedInTitle = "signed-in-title",
    SignedInApplications = "signed-in-applications",
    SignedInNowhere = "signed-in-nowhere",
    SignedInSignOut = "signed-in-sign-out",
    SignedInSessions = "signed-in-sessions",

    SessionsTitle = "sessions-title",
    SessionsHere = "sessions-here",
    SessionsElsewhere = "sessions-elsewhere",
    SessionsBrowserOn = "sessions-browser-on",
    SessionsSomeBrowserOn = "sessions-some-browser-on",
    SessionsFurtherLive = "sessions-further-live",
    SessionsFurtherEnded = "sessions-further-ended",
    SessionsBegan = "sessions-began",
    SessionsSeen = "sessions-seen",
    SessionsEnd = "sessions-end",
    SessionsEnded = "sessions-ended",
    SessionsNoneEnded = "sessions-none-ended",
    SessionsOver = "sessions-over",
    SessionsNobodyTold = "sessions-nobody-told",
    SessionsDelivered = "sessions-delivered",
    SessionsWaiting = "sessions-waiting",
    SessionsRefused = "sessions-refused",
    SessionsAbandoned = "sessions-abandoned",

    SignOutTitle = "sign-out-title",
    SignOutAsked = "sign-out-asked",
    SignOutConsequence = "sign-out-consequence",
    SignOutConfirm = "sign-out-confirm",
    SignOutStay = "sign-out-stay",

    SignedOutTitle = "signed-out-title",
    SignedOutAdvice = "signed-out-advice",
    SignedOutReturn = "signed-out-return",
    SignedOutSignIn = "signed-out-sign-in",

    SigningOutAdvice = "signing-out-advice",
    SigningOutContinue = "signing-out-continue",

    FormPostTitle = "form-post-title",
    FormPostAdvice = "form-post-advice",
    FormPostContinue = "form-post-continue",

    ErrorInvalidLink = "error-invalid-link",
    ErrorInvalidLinkAdvice = "error-invalid-link-advice",
    ErrorUnknownApplication = "error-unknown-application",
    ErrorUnknownApplicationAdvice = "error-unknown-application-advice",
    ErrorAddressNotRegistered = "error-address-not-registered",
    ErrorAddressNotRegisteredAdvice = "error-address-not-registered-advice",
    ErrorExpired = "error-expired",
    ErrorExpiredAdvice = "error-expired-advice",
    ErrorNotFound = "error-not-found",
    ErrorNotFoundAdvice = "error-not-found-advice",
    ErrorTemporarilyUnavailable = "error-temporarily-unavailable",
    ErrorTemporarilyUnavailableAdvice = "error-temporarily-unavailable-advice",
    ErrorTooManyRequests = "error-too-many-requests",
    ErrorTooManyRequestsAdvice = "error-too-many-requests-advice",
    ErrorFormOutdated = "error-form-outdated",
    ErrorFormOutdatedAdvice = "error-form-outdated-advice",
    ErrorNotAdmitted = "error-not-admitted",
    ErrorNotAdmittedAdvice = "error-not-admitted-advice",
    ErrorInternal = "error-internal",
    ErrorInternalAdvice = "error-internal-advice",
    ErrorReference = "error-reference",
    ErrorReferenceAdvice = "error-reference-advice",
    ErrorStartPage = "error-start-page",
    ErrorSignOut = "error-sign-out",
}
