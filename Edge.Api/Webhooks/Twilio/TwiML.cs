using System.Net.Mime;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>What Twilio is told to do with a text (TwiML): nothing more, or to answer it.</summary>
internal static class TwiML
{
    private static readonly string Nothing = Write(new XElement("Response"));

    /// <summary><c>&lt;Response/&gt;</c>: the text is taken, and not answered.</summary>
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
