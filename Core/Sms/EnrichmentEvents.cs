using Switchboard.Core.Events;

namespace Switchboard.Core.Sms;

/// <summary>The events of enrichment items (<see cref="EventRecord.Type"/>); their dimension is the kind of item.</summary>
public static class EnrichmentEvents
{
    /// <summary>What is in it is known.</summary>
    public const string Completed = "enrichment.completed";

    /// <summary>Its file could not be had; one that is tried again and completed is told too.</summary>
    public const string Failed = "enrichment.failed";

    /// <summary>An item is done with, one way or the other.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="itemId">The item, a row in <c>enrichment_items</c>.</param>
    /// <param name="kind">text, image, audio, video or document.</param>
    /// <param name="isCompleted">Which way.</param>
    /// <param name="at">When.</param>
    public static EventRecord Settled(Guid userId, Guid itemId, string kind, bool isCompleted, DateTimeOffset at) =>
        EventRecord.Of(isCompleted ? Completed : Failed, userId, itemId, kind, at);
}
