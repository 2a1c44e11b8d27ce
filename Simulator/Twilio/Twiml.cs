using System.Xml;
using System.Xml.Linq;
using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.Twilio;

/// <summary>Reads the messages out of what a webhook answered.</summary>
internal static class Twiml
{
    /// <summary>None when it is neither TwiML nor plain text.</summary>
    public static IReadOnlyList<TwimlMessage> Read(EdgeAnswer answer)
    {
        if (answer.MediaType == "text/plain")
        {
            return answer.Body.Length == 0 ? [] : [new TwimlMessage(answer.Body)];
        }

        try
        {
            var response = XDocument.Parse(answer.Body, LoadOptions.PreserveWhitespace).Root;
            return response is { Name.LocalName: "Response" } ? [.. response.Elements("Message").Select(Message)] : [];
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static TwimlMessage Message(XElement message) => new(
        (message.Element("Body") ?? message).Value.Trim(),
        (string?)message.Attribute("to"),
        (string?)message.Attribute("from"),
        Uri.TryCreate((string?)message.Attribute("statusCallback"), UriKind.Absolute, out var callback) ? callback.AbsoluteUri : null);
}

/// <summary>A message of TwiML.</summary>
/// <param name="Body">What it says.</param>
/// <param name="To">To whom; without it who sent the text.</param>
/// <param name="From">From which number; without it the one that the text was sent to.</param>
/// <param name="StatusCallback">Where its statuses are told.</param>
internal sealed record TwimlMessage(string Body, string? To = null, string? From = null, string? StatusCallback = null);
