using System.Diagnostics;
using Switchboard.Core.Events;
using Switchboard.Core.Media;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Sms.Messages;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>
/// Fetches, checks, keeps and transcribes the files of items. A batch is claimed in one statement; then each item goes its way by itself
/// and is recorded as soon as it is done, so that none waits to be seen for a slower one: only the acknowledgement waits for all. A crash
/// anywhere leaves an item processing, and its job comes again and does the same.
/// </summary>
internal sealed class EnrichMediaHandler(
    NpgsqlDataSource dataSource, MediaItemStore items, MediaEnrichment enrichment, IMediaStore files, RuleCache ruleCache, SmsRules rules,
    JobOutbox outbox, MediaMetrics metrics, TimeProvider timeProvider)
    : IJobHandler<EnrichMedia>
{
    /// <summary>A few: they share one claim, and keep their place until the slowest of them is done.</summary>
    public const int MaxBatch = 4;

    /// <summary>
    /// As many as there are places to fetch and to transcribe at once: were all but one item of each batch done, all places would still
    /// be taken.
    /// </summary>
    public static int ConcurrentBatches(HttpPoolOptions pool) => 2 * pool.Max;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<EnrichMedia>> batch, CancellationToken cancellationToken)
    {
        var claimed = await items.ClaimAsync(batch.Select(delivery => delivery.Job.ItemId), cancellationToken);
        // what was not claimed is completed or deleted; an item twice in a batch is enriched for the first
        return await Task.WhenAll(batch.Select(delivery => claimed.Remove(delivery.Job.ItemId, out var item)
            ? EnrichAsync(delivery, item, cancellationToken)
            : Task.FromResult(JobOutcome.Done)));
    }

    private async Task<JobOutcome> EnrichAsync(JobDelivery<EnrichMedia> delivery, MediaItem item, CancellationToken cancellationToken)
    {
        Activity.Current = delivery.Activity ?? Activity.Current;
        // an earlier try that died after it had kept its file left that behind
        await DeleteAsync(
            MediaKey.UpTo(item.UserId, item.Id, item.Attempt - 1).Where(key => key != item.StorageKey), cancellationToken);
        var result = await enrichment.RunAsync(item, cancellationToken);
        return await SettleAsync(item, result, ItemDecision.For(result, delivery.IsLastAttempt), cancellationToken);
    }

    /// <summary>
    /// Records what a try came to, and asks the rules about the item's SMS when it waits for nothing else, in one transaction. Then what is
    /// not to be kept is deleted: a crash in between brings the job again, which deletes it too.
    /// </summary>
    internal async Task<JobOutcome> SettleAsync(
        MediaItem item, EnrichmentResult result, ItemDecision decision, CancellationToken cancellationToken)
    {
        // before the transaction: the rules may come from Redis
        var compiled = await ruleCache.ForAsync([item.UserId], cancellationToken);
        var (isRecorded, isThere) = await RecordAsync(item, result, decision, compiled, cancellationToken);

        // Each try keeps its file under its own name, so no file of another one is deleted here that is still needed:
        // of one that is not recorded only its own, of one that failed for good all that were kept up to it.
        if (!isRecorded && isThere)
            await DeleteAsync([MediaKey.Of(item.UserId, item.Id, item.Attempt)], cancellationToken);
        else if (!isThere || decision.Status == ItemDecision.Failed)
            await DeleteAsync(MediaKey.UpTo(item.UserId, item.Id, item.Attempt).Append(item.StorageKey).OfType<string>().Distinct(), cancellationToken);
        if (!isRecorded && isThere)
            return JobOutcome.Done; // another try has it, or had it

        metrics.Settled(isThere ? decision.Status : "gone");
        return isThere ? decision.Outcome : JobOutcome.Done;
    }

    private async Task<(bool IsRecorded, bool IsThere)> RecordAsync(
        MediaItem item, EnrichmentResult result, ItemDecision decision, IReadOnlyDictionary<Guid, CompiledRules> compiled,
        CancellationToken cancellationToken)
    {
        using var grant = await rules.ReserveAsync(item.UserId, compiled, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (isRecorded, isThere) = await items.RecordAsync(transaction, item, result, decision, cancellationToken);
        if (!isRecorded && isThere)
            return (false, true);
        var jobs = !isThere || decision.IsSettled
            ? await rules.ApplyAsync(transaction, [item.MessageId], compiled, grant, cancellationToken)
            : [];
        var events = isRecorded && decision.IsSettled ? RecordEvents.Of([EventOf(item, result)], timeProvider) : [];
        await outbox.StageAsync(connection, transaction, events, cancellationToken);
        await outbox.CommitStagedAsync(transaction, [.. jobs, .. events], cancellationToken);
        return (isRecorded, isThere);
    }

    private EventRecord EventOf(MediaItem item, EnrichmentResult result)
    {
        var done = result as EnrichmentResult.Completed;
        return EnrichmentEvents.Settled(
            item.UserId, item.Id, MediaKind.Of(done?.ContentType ?? item.ContentType), done is not null, timeProvider.GetUtcNow());
    }

    private Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        Task.WhenAll(keys.Select(key => files.DeleteAsync(key, cancellationToken)));
}

/// <summary>What a result makes of its item and its job. A pure decision.</summary>
/// <param name="Status">The item's status.</param>
/// <param name="Reason">Why it is not completed.</param>
/// <param name="Outcome">What becomes of the job.</param>
internal sealed record ItemDecision(string Status, string? Reason, JobOutcome Outcome)
{
    public const string Pending = "pending";
    public const string Completed = "completed";
    public const string Failed = "failed";

    // where nobody says when
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Whether the item is done with, whichever way: then its SMS waits for it no longer.</summary>
    public bool IsSettled => Status != Pending;

    /// <summary>Decides.</summary>
    /// <param name="result">What the try came to.</param>
    /// <param name="isLastAttempt">Whether the job has no further one. One that is not its item's fault is not counted.</param>
    public static ItemDecision For(EnrichmentResult result, bool isLastAttempt) => result switch
    {
        EnrichmentResult.Completed => new(Completed, null, JobOutcome.Done),
        // the item tells it: there is nothing for an operator to do
        EnrichmentResult.Failed { Failure: { Kind: FailureKind.Permanent } failure } => new(Failed, failure.Error, JobOutcome.Done),
        // it was not tried: a circuit is open, or the account needs its operator
        EnrichmentResult.Failed
        {
            Failure: { Kind: FailureKind.Unauthorized } or { Kind: FailureKind.Throttled, HttpStatus: null },
        } failed => new(Pending, failed.Failure.Error, JobOutcome.Snooze(failed.Failure.RetryAfter ?? Soon, failed.Error)),
        EnrichmentResult.Failed failed when isLastAttempt => new(Failed, failed.Failure.Error, JobOutcome.Dead(failed.Error)),
        EnrichmentResult.Failed failed => new(Pending, failed.Failure.Error, JobOutcome.Retry(failed.Error, failed.Failure.RetryAfter)),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "No such result."),
    };
}

/// <summary>What a try to enrich an item came to.</summary>
internal abstract record EnrichmentResult
{
    private EnrichmentResult()
    {
    }

    /// <summary>Its file is kept, and if it is audio, what is said in it is known or known not to be had.</summary>
    /// <param name="StorageKey">Where it is kept.</param>
    /// <param name="ContentType">What its bytes are.</param>
    /// <param name="SizeBytes">Its size.</param>
    /// <param name="Transcript">What is said in it; null when it is no audio.</param>
    public sealed record Completed(string StorageKey, string ContentType, long SizeBytes, Transcript? Transcript) : EnrichmentResult;

    /// <summary>It did not get that far.</summary>
    /// <param name="Failure">Why, for the item's user, and whether it may another time.</param>
    /// <param name="Error">Why, for the operator.</param>
    /// <param name="StorageKey">Where its file is kept, if it got that far.</param>
    public sealed record Failed(ProviderFailure Failure, string Error, string? StorageKey) : EnrichmentResult;
}
