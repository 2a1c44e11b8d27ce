namespace Switchboard.Core.Jobs.Consuming;

/// <summary>A message that the broker has given to this process and that is not settled yet.</summary>
/// <param name="Message">What it carries.</param>
/// <param name="Lane">Through which it came, and on which it is acknowledged.</param>
/// <param name="DeliveryTag">Its number there.</param>
/// <param name="ArrivedAt">When, by <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record ReceivedJob(JobMessage Message, IDeliveryQueue Lane, ulong DeliveryTag, long ArrivedAt);
