namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Deliveries of one lane and one type, served together.</summary>
/// <param name="Handled">Who serves them; null for poison, which nobody does.</param>
/// <param name="Jobs">At least one.</param>
internal sealed record JobBatch(HandledJob? Handled, IReadOnlyList<ReceivedJob> Jobs)
{
    /// <summary>What its type is called in metrics: of poison any name is possible, so all poison has one.</summary>
    public string TypeName => Handled?.Type.Name ?? "unknown";

    public IDeliveryQueue Lane => Jobs[0].Lane;
}
