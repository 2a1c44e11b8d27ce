using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Where the past of a mailbox is read: one for each provider.</summary>
internal interface IMailSource
{
    /// <summary>Divides what is to be read into partitions.</summary>
    /// <param name="account">Whose mail.</param>
    /// <param name="since">From when on; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">The provider did not.</exception>
    Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellationToken);

    /// <summary>Reads the next page of each partition that is not done.</summary>
    /// <param name="account">Whose mail.</param>
    /// <param name="cursors">How far it has come.</param>
    /// <param name="size">How many mails a page has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">There is no page at all.</exception>
    Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellationToken);
}

/// <summary>Finds single mails: one for each provider.</summary>
internal interface IMailFinder
{
    /// <summary>Finds a mail and its conversation.</summary>
    /// <exception cref="ProviderException">The provider did not.</exception>
    Task<RequestedMail> FindAsync(MailAccount account, TrackingRequest request, CancellationToken cancellationToken);
}

/// <summary>What failures of providers mean for the jobs that read mail.</summary>
internal static class MailFailures
{
    private static readonly TimeSpan UnlessSaid = TimeSpan.FromSeconds(10);

    /// <summary>Whether it may pass without anybody doing anything: an outage, or a token that was not taken for once.</summary>
    public static bool MayPass(this ProviderFailure failure) => failure.IsOutage || failure.Kind == FailureKind.Unauthorized;

    /// <summary>What becomes of a job that met it: a limit counts no attempt.</summary>
    public static JobOutcome ToOutcome(this ProviderFailure failure) => failure.Kind switch
    {
        FailureKind.Throttled => JobOutcome.Snooze(failure.RetryAfter ?? UnlessSaid, failure.Error),
        // whoever waits for the account sees why it stands still
        FailureKind.GrantRevoked => JobOutcome.Done,
        _ => failure.MayPass() ? JobOutcome.Retry(failure.Error, failure.RetryAfter) : JobOutcome.Dead(failure.Error),
    };
}

/// <summary>What was found of a mail that was asked for.</summary>
/// <param name="Mail">The mail; null if it cannot be tracked.</param>
/// <param name="Problem">Why it cannot.</param>
/// <param name="Conversation">The other mails of its conversation, which may hold its answer.</param>
internal sealed record RequestedMail(MailEnvelope? Mail, string? Problem, IReadOnlyList<MailEnvelope> Conversation)
{
    /// <summary>There is no such mail.</summary>
    public static RequestedMail Unknown { get; } = Not("There is no such mail in the account.");

    /// <summary>It cannot be tracked.</summary>
    public static RequestedMail Not(string problem) => new(null, problem, []);

    /// <summary>The sent one of a few mails that have the same name.</summary>
    /// <param name="found">How many there are.</param>
    /// <param name="mails">Those that could be read.</param>
    /// <param name="problem">Why one could not.</param>
    public static RequestedMail Of(int found, IReadOnlyList<MailEnvelope> mails, string? problem) =>
        found == 0 ? Unknown
        : mails.FirstOrDefault(mail => mail.IsSent) is { } sent ? new(sent, null, [])
        : Not(mails.Count > 0 ? "It is not a mail that the account has sent." : problem ?? "It is a draft, which was not sent yet.");
}
