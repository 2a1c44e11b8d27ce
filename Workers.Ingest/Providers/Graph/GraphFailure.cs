namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>The kinds of failure that are dealt with differently.</summary>
internal enum GraphFailure
{
    /// <summary>No answer, a 5xx, or an answer that makes no sense: later it may work.</summary>
    Unavailable,

    /// <summary>Too many requests: later, not sooner than Graph says.</summary>
    Limited,

    /// <summary>What was asked for is not there (any more).</summary>
    NotFound,

    /// <summary>The place from where to read on is not known any more: begin again.</summary>
    StaleState,

    /// <summary>The access token is not taken (any more).</summary>
    Unauthorized,

    /// <summary>The user has taken their consent back, or it has expired: only they can mend it.</summary>
    GrantRevoked,

    /// <summary>Graph will not do it, however often it is asked.</summary>
    Refused,
}
