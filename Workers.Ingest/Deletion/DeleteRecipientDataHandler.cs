using Switchboard.Core.Deletion;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>Deletes what a recipient who is gone has left, some at a time; what is just being sent is met by the next try.</summary>
internal sealed class DeleteRecipientDataHandler(NpgsqlDataSource dataSource, TimeProvider timeProvider) : IJobHandler<DeleteRecipientData>
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GoOnAfter = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<DeleteRecipientData>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await DeleteAsync(delivery.Job, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> DeleteAsync(DeleteRecipientData job, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        int deleted;
        do
            deleted = await RecipientDeletion.DeleteChunksAsync(dataSource, job.UserId, job.RecipientId, cancellationToken);
        while (deleted > 0 && timeProvider.GetElapsedTime(begun) < RunTime);

        return await RecipientDeletion.IsAnyLeftAsync(dataSource, job.UserId, job.RecipientId, cancellationToken)
            ? JobOutcome.Snooze(GoOnAfter, "There is more than a run has time for, or some of it is being sent.")
            : JobOutcome.Done;
    }
}
