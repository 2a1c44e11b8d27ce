namespace Switchboard.Simulator.Twilio;

/// <summary>A text that came in, as the webhook is told of it, however often.</summary>
/// <param name="Sid">Its id.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">The account's number.</param>
/// <param name="Form">The parameters.</param>
/// <param name="IsJson">Whether they go as JSON.</param>
/// <param name="Signature">In place of the right one.</param>
internal sealed record InboundText(
    string Sid, string From, string To, IReadOnlyList<KeyValuePair<string, string>> Form, bool IsJson, string? Signature);
