using System.Collections.Concurrent;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Tracks mails that programs asked for, each by itself, with what their conversations hold of answers.</summary>
internal sealed class TrackEmailHandler(
    TrackingRequests requests,
    MailAccountStore accounts,
    IServiceProvider services,
    MailRecorder recorder,
    AccountRevocation revocation,
    IOptions<SyncOptions> options) : IJobHandler<TrackEmail>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<TrackEmail>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new ConcurrentDictionary<int, JobOutcome>();
        await Parallel.ForEachAsync(
            batch.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellationToken },
            async (delivery, token) => outcomes[delivery.Index] = await TrackAsync(delivery.Item, token));
        return [.. batch.Select((_, i) => outcomes[i])];
    }

    private async Task<JobOutcome> TrackAsync(JobDelivery<TrackEmail> delivery, CancellationToken cancellationToken)
    {
        if (await requests.FindOpenAsync(delivery.Job.RequestId, cancellationToken) is not { } request
            || await accounts.FindAsync(request.AccountId, cancellationToken) is not { } account)
            return JobOutcome.Done;
        if (!account.IsActive)
        {
            await requests.FailedAsync(request, "The account is not active: make it so and ask again.", cancellationToken);
            return JobOutcome.Done;
        }

        try
        {
            var found = await services.GetRequiredKeyedService<IMailFinder>(account.Provider).FindAsync(
                account, request, cancellationToken);
            if (found.Mail is null)
                await requests.FailedAsync(request, found.Problem!, cancellationToken);
            else
                await RecordAsync(request, account, found.Mail, found.Conversation, cancellationToken);
            return JobOutcome.Done;
        }
        catch (ProviderException reason)
        {
            return await MeetAsync(request, account, reason.Failure, delivery.IsLastAttempt, cancellationToken);
        }
    }

    private async Task RecordAsync(
        TrackingRequest request,
        MailAccount account,
        MailEnvelope mail,
        IReadOnlyList<MailEnvelope> conversation,
        CancellationToken cancellationToken)
    {
        // only the mail itself was asked for
        if (conversation.Count > 0)
            await recorder.RecordAsync(account.Tracked, conversation, requested: false, cancellationToken);
        var recorded = await recorder.RecordAsync(account.Tracked, [mail], requested: true, cancellationToken);
        if (!await requests.TrackedAsync(request, mail, cancellationToken))
            await requests.FailedAsync(
                request, recorded.Failed is [var failed, ..] ? failed.Error : "It could not be recorded.", cancellationToken);
    }

    // whoever asked is told in the end, whatever it was
    private async Task<JobOutcome> MeetAsync(
        TrackingRequest request, MailAccount account, ProviderFailure failure, bool isLastAttempt, CancellationToken cancellationToken)
    {
        if (failure.Kind == FailureKind.GrantRevoked)
            await revocation.RevokeAsync(account.Id, failure, cancellationToken);
        if (failure.Kind == FailureKind.Throttled || (failure.MayPass() && !isLastAttempt))
            return failure.ToOutcome();
        await requests.FailedAsync(request, failure.Error, cancellationToken);
        return JobOutcome.Done;
    }
}

/// <summary>A mail that a program asked to track, a row in <c>tracking_requests</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Whose mail.</param>
/// <param name="MessageId">The provider's id of the mail, or its Message-ID in angle brackets.</param>
internal sealed record TrackingRequest(Guid Id, Guid AccountId, string MessageId)
{
    /// <summary>Whether the mail is named by its Message-ID.</summary>
    public bool IsByMessageId => MessageId.StartsWith('<');
}

/// <summary>The rows of <c>tracking_requests</c>; one that is settled stays as it is.</summary>
internal sealed class TrackingRequests(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    /// <summary>A request that is not settled; null when there is none of that id.</summary>
    public Task<TrackingRequest?> FindOpenAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command("SELECT account_id, message_id FROM tracking_requests WHERE id = $1 AND state = 'queued'", id)
            .FirstAsync(row => new TrackingRequest(id, row.GetGuid(0), row.GetString(1)), cancellationToken);

    /// <summary>Settles a request whose mail was recorded.</summary>
    /// <returns>False if the mail is not tracked.</returns>
    public async Task<bool> TrackedAsync(TrackingRequest request, MailEnvelope mail, CancellationToken cancellationToken) =>
        await dataSource.Command(
            """
            UPDATE tracking_requests AS r SET state = 'tracked', tracked_email_id = t.id, finished_at = $4
            FROM tracked_emails AS t
            WHERE r.id = $1 AND r.state = 'queued' AND t.account_id = $2 AND t.message_key = $3
            """,
            request.Id, request.AccountId, MailKey.Of(mail), timeProvider.GetUtcNow()).RunAsync(cancellationToken) == 1;

    /// <summary>Settles a request that cannot be fulfilled.</summary>
    public Task FailedAsync(TrackingRequest request, string error, CancellationToken cancellationToken) => dataSource.Command(
        "UPDATE tracking_requests SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1 AND state = 'queued'",
        request.Id, StorableText.From(error), timeProvider.GetUtcNow()).RunAsync(cancellationToken);
}
