using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>What the senders of SMS that are not taken get back. Plain letters: others make two SMS of one.</summary>
internal static class SmsReplies
{
    public const string Unknown =
        "Hello! This phone number is not linked to an account here, so your text was not kept. "
        + "Please link and verify the number in your account, then send the text again.";

    public const string Unverified =
        "Hello! This phone number is linked but not verified yet, so your text was not kept. "
        + "Please enter the code that we sent to it (or ask for a new one) in your account, then send the text again.";

    /// <summary>The sender is over the limit.</summary>
    /// <param name="limit">How many SMS in an hour.</param>
    /// <param name="retryAfter">The time until one more is taken.</param>
    public static string Refused(int limit, TimeSpan retryAfter)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalMinutes));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"We take at most {limit} texts an hour from one number, so this one was not kept. Please send it again in {minutes} minute{(minutes == 1 ? "" : "s")}.");
    }
}

/// <summary>What Twilio is told to do with an SMS (TwiML): nothing more, or to answer it.</summary>
internal static class TwiML
{
    private static readonly string Nothing = Write(new XElement("Response"));

    /// <summary><c>&lt;Response/&gt;</c>: the SMS is taken, and not answered.</summary>
    public static ContentHttpResult Taken() => Answer(Nothing);

    /// <summary><c>&lt;Response&gt;&lt;Message&gt;…</c>: its sender gets this text back.</summary>
    public static ContentHttpResult Reply(string message) => Answer(Write(new XElement("Response", new XElement("Message", message))));

    private static ContentHttpResult Answer(string xml) => TypedResults.Text(xml, MediaTypeNames.Text.Xml, Encoding.UTF8);

    private static string Write(XElement response)
    {
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
            response.Save(writer);
        // the writer's name of the encoding is in lower case, and its empty elements have a blank
        return Encoding.UTF8.GetString(bytes.ToArray())
            .Replace("encoding=\"utf-8\"", "encoding=\"UTF-8\"", StringComparison.Ordinal)
            .Replace("<Response />", "<Response/>", StringComparison.Ordinal);
    }
}
