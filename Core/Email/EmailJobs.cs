using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Match a mail that a program sent to <c>POST /api/webhooks/email</c> against its user's rules.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose mail it is.</param>
/// <param name="Mail">The mail, inline: the webhook is its only source.</param>
/// <param name="AcceptedAt">When the webhook took it.</param>
/// <param name="Priority">What its user's share made of its priority; null for that of the type.</param>
public sealed record ProcessEmail(Guid Id, Guid UserId, InboundMail Mail, DateTimeOffset AcceptedAt, JobPriority? Priority = null) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("process-email", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops the same mail, sent twice by its sender or redelivered by the broker, from being matched twice.</summary>
    public string IdempotencyKey => $"user:{UserId}/{Mail.MessageId}";

    /// <inheritdoc/>
    JobPriority? IJob.PriorityOverride => Priority;
}

/// <summary>Read what is new in a mailbox, from the last history id that is safe.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Address">The mailbox's address.</param>
/// <param name="HistoryId">The history id that the push named; null for a poll.</param>
public sealed record SyncMailbox(Guid Id, string Address, ulong? HistoryId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("sync-mailbox", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Names the state to reach: reading twice to the same history id finds nothing the second time.</summary>
    public string IdempotencyKey => $"mailbox:{Address}/{HistoryId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "poll"}";
}

/// <summary>Read the mails of which a notification of Microsoft Graph tells.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Changes">The items of one POST; they may be of several accounts.</param>
/// <param name="AcceptedAt">When the webhook took them.</param>
public sealed record ReadGraphChanges(Guid Id, IReadOnlyList<GraphChange> Changes, DateTimeOffset AcceptedAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("read-graph-changes", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops nothing by itself: a mail that is read again is known by its account and Message-ID.</summary>
    public string IdempotencyKey => $"graph-changes:{Id}";
}

/// <summary>An item of a notification of Microsoft Graph, whose client state was right.</summary>
/// <param name="SubscriptionId">The subscription that it belongs to.</param>
/// <param name="MessageId">The mail that was added; null for a lifecycle event.</param>
/// <param name="LifecycleEvent"><c>reauthorizationRequired</c>, <c>subscriptionRemoved</c> or <c>missed</c>; null for a change.</param>
public sealed record GraphChange(string SubscriptionId, string? MessageId, string? LifecycleEvent = null);

/// <summary>
/// Follow an account of Microsoft 365 that was connected or is active again: have its provider tell of changes, read what changed, go
/// on with a sync that was paused. Gmail's are read by <see cref="SyncMailbox"/>.
/// </summary>
/// <param name="Id">The job's id.</param>
/// <param name="AccountId">The account, a row in <c>mailboxes</c>.</param>
public sealed record FollowAccount(Guid Id, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("follow-account", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops nothing by itself: a subscription that is there is kept, what was read is read once.</summary>
    public string IdempotencyKey => $"follow:{AccountId}";
}

/// <summary>Go on with a full sync, a row in <c>mail_syncs</c>, from where it stands.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="SyncId">The sync.</param>
public sealed record SyncEmails(Guid Id, Guid SyncId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("sync-emails", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Names the sync: two jobs of one sync go on one after the other, and a page that was read moves its cursor once.</summary>
    public string IdempotencyKey => $"sync:{SyncId}";
}

/// <summary>Track one mail that a program asked for, a row in <c>tracking_requests</c>.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="RequestId">The request.</param>
public sealed record TrackEmail(Guid Id, Guid RequestId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("track-email", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Stops a request that comes again: one that is settled stays as it is, and a mail is tracked once.</summary>
    public string IdempotencyKey => $"track:{RequestId}";
}

/// <summary>Delete what was tracked of an account that was disconnected.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="AccountId">The account that is not there any more.</param>
public sealed record DeleteAccountData(Guid Id, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("delete-account-data", 1, JobWorker.Analytics, JobPriority.Low);

    /// <summary>Stops nothing: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"delete-account:{AccountId}";
}
