namespace Switchboard.Simulator.WhatsApp;

/// <summary>The names of the statuses in callbacks and control calls.</summary>
internal static class StatusNames
{
    private static readonly (MessageStatuses Status, string Name)[] All =
    [
        (MessageStatuses.Sent, "sent"),
        (MessageStatuses.Delivered, "delivered"),
        (MessageStatuses.Read, "read"),
        (MessageStatuses.Failed, "failed"),
    ];

    public static string Name(this MessageStatuses status) => All.First(pair => pair.Status == status).Name;

    public static string[] Names(this MessageStatuses set) => [.. All.Where(pair => set.HasFlag(pair.Status)).Select(pair => pair.Name)];

    public static MessageStatuses? Parse(string? name) => All.FirstOrDefault(pair => pair.Name == name) is { Name: not null } found ? found.Status : null;
}
