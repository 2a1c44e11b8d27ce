namespace Switchboard.Simulator.WhatsApp;

/// <summary>How statuses come: the body and the answer of <c>POST /_sim/whatsapp/statuses</c>; what is left out stays as it is.</summary>
/// <param name="Off">No statuses for messages from now on.</param>
/// <param name="Order"><c>inOrder</c>, or <c>shuffled</c>: within 150 ms, whichever comes first.</param>
/// <param name="Duplicate">Each comes twice.</param>
/// <param name="Read">The share of messages, 0 to 1, that are read too.</param>
/// <param name="SentDelayMs">After how long a message is sent.</param>
/// <param name="DeliveredDelayMs">After how long, or up to 10 ms more, it is delivered.</param>
/// <param name="ReadDelayMs">After how long it is read.</param>
internal sealed record StatusSettings(
    bool? Off = null,
    string? Order = null,
    bool? Duplicate = null,
    double? Read = null,
    int? SentDelayMs = null,
    int? DeliveredDelayMs = null,
    int? ReadDelayMs = null)
{
    public const string InOrder = "inOrder";
    public const string Shuffled = "shuffled";

    public static StatusSettings Default { get; } = new(false, InOrder, false, 0, 0, 10, 50);

    public StatusSettings Merge(StatusSettings change) => new(
        change.Off ?? Off,
        change.Order ?? Order,
        change.Duplicate ?? Duplicate,
        change.Read ?? Read,
        change.SentDelayMs ?? SentDelayMs,
        change.DeliveredDelayMs ?? DeliveredDelayMs,
        change.ReadDelayMs ?? ReadDelayMs);

    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        if (Order is not (null or InOrder or Shuffled))
        {
            errors["order"] = [$"Use {InOrder} or {Shuffled}."];
        }

        if (Read is < 0 or > 1)
        {
            errors["read"] = ["Use a share from 0 to 1."];
        }

        foreach (var (name, delay) in new[] { ("sentDelayMs", SentDelayMs), ("deliveredDelayMs", DeliveredDelayMs), ("readDelayMs", ReadDelayMs) })
        {
            if (delay is < 0 or > 3_600_000)
            {
                errors[name] = ["Use 0 to 3600000 milliseconds."];
            }
        }

        return errors;
    }
}
