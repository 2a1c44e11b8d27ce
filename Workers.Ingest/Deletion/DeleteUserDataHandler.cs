using Switchboard.Core.Deletion;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Media;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>
/// Deletes users with all that is theirs. First what brings in more goes: accounts, rules, numbers. Then files and rows, in chunks, until
/// none is left and the jobs that end the accounts have done so. Then the user, what jobs still say of them, and at the very end what the
/// deletion itself knows. Each step finds nothing to do the second time, so it may be killed between any two of them, and a run that has no
/// time for more goes on in a moment.
/// </summary>
internal sealed partial class DeleteUserDataHandler(
    UserDataStore store, SocialMediaStore library, UserCaches caches, IMediaStore files, JobOutbox outbox, TimeProvider timeProvider,
    ILogger<DeleteUserDataHandler> logger) : IJobHandler<DeleteUserData>
{
    /// <summary>When it goes on, or looks whether what it waits for is done.</summary>
    public static readonly TimeSpan GoOnAfter = TimeSpan.FromSeconds(1);

    private const int MediaChunk = 100;

    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<DeleteUserData>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await DeleteAsync(delivery.Job.DeletionId, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } found)
            return JobOutcome.Done; // completed, or never begun
        var begun = timeProvider.GetTimestamp();
        await DisconnectAsync(found, cancellationToken);
        await caches.ForgetAsync(found, cancellationToken);
        if (!await EmptyAsync(found.UserId, begun, cancellationToken))
            return JobOutcome.Snooze(GoOnAfter, "There is more than a run has time for.");

        var deletion = (await store.FindAsync(id, cancellationToken))!; // with the accounts that were disconnected
        await caches.ForgetAsync(deletion, cancellationToken);
        if (await store.IsAccountLeftAsync(deletion, cancellationToken))
            return JobOutcome.Snooze(GoOnAfter, "Its accounts are being ended.");
        if (!await store.DeleteUserAsync(deletion.UserId, cancellationToken))
            return JobOutcome.Snooze(GoOnAfter, "Something was written meanwhile.");

        await store.DeleteJobsAsync(deletion, cancellationToken);
        await store.CompleteAsync(deletion, timeProvider.GetUtcNow(), cancellationToken);
        Log.Deleted(logger, id);
        return JobOutcome.Done;
    }

    private async Task DisconnectAsync(Deletion deletion, CancellationToken cancellationToken)
    {
        await using var connection = await store.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var gone = await AccountDisconnection.RunAsync(
            transaction, deletion.UserId, accountId: null, provider: null, timeProvider.GetUtcNow(), cancellationToken);
        var social = await SocialDisconnection.RunAsync(
            transaction, deletion.UserId, accountId: null, timeProvider.GetUtcNow(), cancellationToken);
        await UserDataStore.AddNamesAsync(transaction, deletion, gone, cancellationToken);
        await UserDataStore.AddNamesAsync(transaction, deletion, social, cancellationToken);
        await outbox.CommitAsync(transaction, [.. gone.Jobs, .. social.Jobs], cancellationToken);
    }

    // Whether all rows and files are gone; a second pass that finds nothing says so, since others may have been writing during the first.
    private async Task<bool> EmptyAsync(Guid userId, long begun, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            deleted = await DeleteFilesAsync(userId, cancellationToken);
            foreach (var sql in UserDataStore.Chunks)
                deleted += await store.DeleteChunkAsync(sql, userId, cancellationToken);
        }
        while (deleted > 0 && timeProvider.GetElapsedTime(begun) < RunTime);
        return deleted == 0;
    }

    // the rows are all that knows of the files: they go after them
    private async Task<int> DeleteFilesAsync(Guid userId, CancellationToken cancellationToken)
    {
        var items = await store.ItemsAsync(userId, cancellationToken);
        foreach (var item in items)
            await item.DeleteFilesAsync(files, userId, cancellationToken);
        var deleted = items.Count == 0 ? 0 : await store.DeleteItemsAsync(userId, [.. items.Select(item => item.Id)], cancellationToken);
        return deleted + await library.DeleteAsync(files, await library.OfUserAsync(userId, MediaChunk, cancellationToken), cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The deletion {DeletionId} of a user is completed")]
        public static partial void Deleted(ILogger logger, Guid deletionId);
    }
}
