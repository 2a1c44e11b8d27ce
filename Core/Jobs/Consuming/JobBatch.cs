namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Deliveries of one lane and one type, served together.</summary>
/// <param name="Handled">Who serves them; null for poison, which nobody does.</param>
/// <param name="Jobs">At least one.</param>
internal sealed record JobBatch(HandledJob? Handled, IReadOnlyList<ReceivedJob> Jobs)
{
    public LaneConsumer Lane => Jobs[0].Lane;
}
