using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

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
