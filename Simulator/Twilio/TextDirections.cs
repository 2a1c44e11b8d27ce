namespace Switchboard.Simulator.Twilio;

/// <summary>The names of the directions in answers and control calls.</summary>
internal static class TextDirections
{
    public const string Mistake = "Use inbound, outbound (the default), outbound-api or outbound-reply.";

    public static string Name(TextDirection direction) => direction switch
    {
        TextDirection.Inbound => "inbound",
        TextDirection.OutboundApi => "outbound-api",
        _ => "outbound-reply",
    };

    /// <summary>Those that a list is asked for: what was sent, unless it says otherwise. Null when there are none of that name.</summary>
    public static TextDirection[]? Parse(string? asked) => asked switch
    {
        null or "" or "outbound" => [TextDirection.OutboundApi, TextDirection.OutboundReply],
        "inbound" => [TextDirection.Inbound],
        "outbound-api" => [TextDirection.OutboundApi],
        "outbound-reply" => [TextDirection.OutboundReply],
        _ => null,
    };
}
