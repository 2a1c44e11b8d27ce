namespace Switchboard.Simulator.Journal;

/// <summary>A message that a provider has answered for.</summary>
internal interface IJournalEntry
{
    /// <summary>Its place in the order: the microsecond since 1970 when it was taken, or the next free one.</summary>
    long Sequence { get; }

    /// <summary>The provider's id of it.</summary>
    string Id { get; }
}
