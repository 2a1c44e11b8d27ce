namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>The answer to a send: either messages or an error.</summary>
/// <param name="Messages">The one message that was taken.</param>
/// <param name="Error">Why it was not.</param>
internal sealed record WhatsAppReply(IReadOnlyList<WhatsAppReply.TakenMessage>? Messages, WhatsAppReply.ErrorContent? Error)
{
    internal sealed record TakenMessage(string? Id);

    /// <summary>https://developers.facebook.com/docs/graph-api/guides/error-handling</summary>
    internal sealed record ErrorContent(int Code, string? Message, ErrorData? ErrorData);

    internal sealed record ErrorData(string? Details);
}
