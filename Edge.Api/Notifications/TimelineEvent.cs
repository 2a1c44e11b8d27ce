namespace Switchboard.Edge.Api.Notifications;

/// <summary>Something that happened to a notification.</summary>
/// <param name="Event">accepted (by the webhook), processed, created, sending, sent, delivered, read, failed or cancelled.</param>
/// <param name="At">When.</param>
internal sealed record TimelineEvent(string Event, DateTimeOffset At)
{
    /// <summary>What has happened, in the order of time; at the same time, in the order in which it is given.</summary>
    public static IReadOnlyList<TimelineEvent> InOrder(params ReadOnlySpan<(string Event, DateTimeOffset? At)> events)
    {
        var happened = new List<TimelineEvent>();
        foreach (var (name, at) in events)
        {
            if (at is { } time)
                happened.Add(new(name, time));
        }

        return [.. happened.OrderBy(step => step.At)];
    }
}
