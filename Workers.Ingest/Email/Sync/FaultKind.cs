namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>The kinds of faults of a provider.</summary>
internal enum FaultKind
{
    /// <summary>Later it may work.</summary>
    Later,

    /// <summary>Too much was asked for: later, not sooner than the provider says.</summary>
    Limited,

    /// <summary>What was asked for is not there.</summary>
    Gone,

    /// <summary>From where it was to be read on is not known any more.</summary>
    Stale,

    /// <summary>Only the account's user can mend it.</summary>
    Revoked,

    /// <summary>It will never work.</summary>
    Refused,
}
