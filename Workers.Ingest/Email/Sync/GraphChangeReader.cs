using Switchboard.Core.FeatureFlags;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Reads what notifications tell of an account: a few mails by one batch, many by their changes (ENABLE_BATCH_WEBHOOKS); by the plain
/// path each mail by itself. A fault of Graph's is an answer of both paths, not a failure of one: the other would meet it too.
/// </summary>
internal sealed partial class GraphChangeReader(
    GraphClient graph,
    GraphFolders folders,
    GraphDelta delta,
    GraphSubscribing subscribing,
    BatchRecorder recorder,
    AccountRevocation revocation,
    FeatureRollout rollout,
    IngestMetrics metrics,
    ILogger<GraphChangeReader> logger)
{
    /// <summary>Reads changes.</summary>
    /// <returns>What kept it from being done; null for nothing.</returns>
    public async Task<ProviderFault?> ReadAsync(GraphAccount account, AccountChanges changes, CancellationToken cancellation)
    {
        if (!account.Account.IsActive)
        {
            metrics.Changes("inactive", changes.Messages.Count);
            return null;
        }

        var fault = await rollout.RunAsync(
            Feature.BatchWebhooks,
            account.Account.Id,
            optimised: token => TryAsync(() => TogetherAsync(account, changes, token)),
            plain: token => TryAsync(() => EachAsync(account, changes, token)),
            difference: null,
            cancellation);
        if (fault is { Kind: FaultKind.Revoked })
            await revocation.RevokeAsync(account.Account.Id, fault.Grant!, fault.Message, cancellation);
        return fault;
    }

    private async Task TogetherAsync(GraphAccount account, AccountChanges changes, CancellationToken cancellation)
    {
        await LiveOnAsync(account, changes.Events, cancellation);
        if (changes.Events.Count > 0 || changes.Messages.Count > GraphClient.MostCalls)
        {
            await delta.ReadAsync(account.Account.Id, cancellation);
            metrics.Changes("read", changes.Messages.Count);
        }
        else
            await GetAsync(account, changes.Messages, cancellation);
    }

    private async Task EachAsync(GraphAccount account, AccountChanges changes, CancellationToken cancellation)
    {
        await LiveOnAsync(account, changes.Events, cancellation);
        if (changes.Events.Count > 0)
            await delta.ReadAsync(account.Account.Id, cancellation);
        foreach (var message in changes.Messages)
            await GetAsync(account, [message], cancellation);
    }

    private async Task LiveOnAsync(GraphAccount account, IReadOnlyList<string> events, CancellationToken cancellation)
    {
        // who makes a new one need not authorize the old one
        if (events.Contains(ChangeGroups.SubscriptionRemoved))
            await subscribing.RecreateAsync(account, cancellation);
        else if (events.Contains(ChangeGroups.ReauthorizationRequired))
            await subscribing.ReauthorizeAsync(account, cancellation);
    }

    private async Task GetAsync(GraphAccount account, IReadOnlyList<string> messages, CancellationToken cancellation)
    {
        var answers = await graph.BatchAsync(
            account.Account.Id, [.. messages.Select(id => new GraphCall(GraphPaths.Message(id)))], cancellation);
        var isSent = await folders.IsSentAsync(account.Account.Id, account.Account.Address, cancellation);
        var mails = new List<MailEnvelope>();
        var failed = new List<FailedMail>();
        GraphException? failure = null;
        var gone = 0;
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Content is { } message)
            {
                if (!message.IsDraft)
                    GraphMails.Read(message with { Id = message.Id ?? messages[i] }, isSent, mails, failed);
            }
            else if (answers[i].Failure!.Failure == GraphFailure.NotFound)
                gone++; // deleted or moved meanwhile, as a draft is that was sent
            else if (answers[i].Failure!.Failure == GraphFailure.Refused)
                failed.Add(new(messages[i], answers[i].Failure!.Message));
            else
                failure = answers[i].Failure;
        }

        failed.AddRange(await recorder.RecordAsync(account.Account.Tracked, mails, cancellation));
        foreach (var mail in failed)
            Log.NotRead(logger, account.Account.Id, mail.ProviderId, mail.Error);
        metrics.Changes("read", mails.Count);
        metrics.Changes("gone", gone);
        if (failure is not null)
            throw failure;
    }

    private static async Task<ProviderFault?> TryAsync(Func<Task> read)
    {
        try
        {
            await read();
            return null;
        }
        catch (GraphException reason)
        {
            return ProviderFault.Of(reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {MessageId} of account {AccountId} is not tracked: {Reason}")]
        public static partial void NotRead(ILogger logger, Guid accountId, string messageId, string reason);
    }
}
