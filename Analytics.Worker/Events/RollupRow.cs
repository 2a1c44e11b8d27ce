namespace Switchboard.Analytics.Worker.Events;

/// <summary>What is added to one row of <c>notification_rollups</c>.</summary>
/// <param name="UserId">Whose notifications.</param>
/// <param name="Granularity"><c>minute</c> or <c>hour</c>.</param>
/// <param name="Bucket">The minute or hour, UTC.</param>
/// <param name="Channel">The channel.</param>
internal sealed record RollupRow(Guid UserId, string Granularity, DateTimeOffset Bucket, string Channel)
{
    public long Created { get; set; }

    public long Sent { get; set; }

    public long Delivered { get; set; }

    public long Read { get; set; }

    public long Failed { get; set; }

    public long Cancelled { get; set; }

    /// <summary>From created to delivered, in milliseconds, over the delivered ones.</summary>
    public long DeliveryMs { get; set; }
}
