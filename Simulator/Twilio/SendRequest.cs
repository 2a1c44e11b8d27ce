namespace Switchboard.Simulator.Twilio;

/// <summary>The form of a send, as far as it is looked at; what is missing or empty is null.</summary>
internal sealed record SendRequest(string? To, string? From, string? MessagingServiceSid, string? Body, string? StatusCallback, int NumMedia)
{
    public static SendRequest Of(IFormCollection form) => new(
        Value(form, "To"),
        Value(form, "From"),
        Value(form, "MessagingServiceSid"),
        Value(form, "Body"),
        Value(form, "StatusCallback"),
        form["MediaUrl"].Count);

    private static string? Value(IFormCollection form, string name) =>
        form.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;
}
