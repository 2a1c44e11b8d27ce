namespace Switchboard.Simulator.Twilio;

/// <summary>The names of the statuses in answers, callbacks and control calls.</summary>
internal static class TextStatusNames
{
    private static readonly string[] All = [.. Enum.GetNames<TextStatus>().Select(name => name.ToLowerInvariant())];

    public static string Name(this TextStatus status) => All[(int)status];

    /// <summary>Those that a callback can tell: sent, delivered, undelivered, failed.</summary>
    public static TextStatus? ParseTold(string? name) =>
        Array.IndexOf(All, name) is var index and >= (int)TextStatus.Sent and <= (int)TextStatus.Failed ? (TextStatus)index : null;
}
