using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Providers.Gmail;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>What a failure of a provider means for what was to be done, whoever it is.</summary>
/// <param name="Kind">What is to be done about it.</param>
/// <param name="Message">What the provider said.</param>
/// <param name="RetryAfter">When to come again, if it said so.</param>
/// <param name="Grant">For <see cref="FaultKind.Revoked"/>: the refresh token that was not taken, as it is stored.</param>
internal sealed record ProviderFault(FaultKind Kind, string Message, TimeSpan? RetryAfter = null, byte[]? Grant = null)
{
    private static readonly TimeSpan UnlessSaid = TimeSpan.FromSeconds(10);

    /// <summary>The fault that an exception tells of; null when it is none of a provider's.</summary>
    public static ProviderFault? Of(Exception reason) => reason switch
    {
        GraphException graph => new(KindOf(graph), graph.Message, graph.RetryAfter, graph.Grant),
        GmailException gmail => new(KindOf(gmail), gmail.Message, gmail.RetryAfter, gmail.Grant),
        _ => null,
    };

    /// <summary>What becomes of a job that met it: a limit counts no attempt.</summary>
    public JobOutcome ToOutcome() => Kind switch
    {
        FaultKind.Limited => JobOutcome.Snooze(RetryAfter ?? UnlessSaid, Message),
        FaultKind.Later => JobOutcome.Retry(Message, RetryAfter),
        // whoever waits for the account sees why it stands still
        FaultKind.Revoked => JobOutcome.Done,
        _ => JobOutcome.Dead(Message),
    };

    private static FaultKind KindOf(GraphException reason) => reason.Failure switch
    {
        GraphFailure.GrantRevoked => FaultKind.Revoked,
        GraphFailure.Limited => FaultKind.Limited,
        GraphFailure.NotFound => FaultKind.Gone,
        GraphFailure.StaleState => FaultKind.Stale,
        GraphFailure.Refused => FaultKind.Refused,
        _ => FaultKind.Later,
    };

    private static FaultKind KindOf(GmailException reason) => reason.Failure switch
    {
        GmailFailure.GrantRevoked => FaultKind.Revoked,
        GmailFailure.Limited => FaultKind.Limited,
        GmailFailure.NotFound => FaultKind.Gone,
        GmailFailure.Refused => FaultKind.Refused,
        _ => FaultKind.Later,
    };
}

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
