using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Switchboard.Simulator.Gmail;

/// <summary>The parts of a mail: text alone, text and HTML as alternatives, and all that in a mix when something is attached.</summary>
internal static class MimeTree
{
    private const string Mixed = "multipart/mixed";
    private const string Alternative = "multipart/alternative";

    public static string TypeOf(NewMail mail) =>
        mail.Attachments is { Count: > 0 } ? Mixed : mail.Html is not null ? Alternative : "text/plain";

    public static PartResource Of(NewMail mail)
    {
        if (mail.Attachments is not { Count: > 0 } attachments)
        {
            return Content(mail, "");
        }

        List<PartResource> parts = [Content(mail, "0")];
        foreach (var attachment in attachments)
        {
            var id = parts.Count.ToString(CultureInfo.InvariantCulture);
            parts.Add(new PartResource(
                id,
                attachment.ContentType,
                attachment.Name,
                [
                    new("Content-Type", $"{attachment.ContentType}; name=\"{attachment.Name}\""),
                    new("Content-Disposition", $"attachment; filename=\"{attachment.Name}\""),
                ],
                new BodyResource(attachment.Size, AttachmentId: $"ANGjdJ-{id}")));
        }

        return new PartResource("", Mixed, "", [], new BodyResource(0), parts);
    }

    private static PartResource Content(NewMail mail, string id)
    {
        if (mail.Html is null)
        {
            return Text(id, "text/plain", mail.Body);
        }

        var prefix = id.Length == 0 ? "" : id + ".";
        return new PartResource(
            id,
            Alternative,
            "",
            [new("Content-Type", Alternative)],
            new BodyResource(0),
            [Text(prefix + "0", "text/plain", mail.Body), Text(prefix + "1", "text/html", mail.Html)]);
    }

    private static PartResource Text(string id, string type, string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        return new PartResource(
            id,
            type,
            "",
            [new("Content-Type", $"{type}; charset=\"UTF-8\"")],
            new BodyResource(bytes.Length, bytes.Length == 0 ? null : Base64Url.EncodeToString(bytes)));
    }
}
