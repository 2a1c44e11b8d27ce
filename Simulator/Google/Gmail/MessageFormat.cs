using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>A mail as <c>users.messages.get</c> shows it.</summary>
internal static class MessageFormat
{
    private const int SnippetLength = 200;

    public static IReadOnlyList<string> Labels { get; } = ["UNREAD", "CATEGORY_PERSONAL", "INBOX"];

    /// <summary>All of it.</summary>
    public static MessageResource Full(StoredMail mail) => Minimal(mail) with { Payload = Payload(mail) };

    /// <summary>The headers alone; those that are asked for, if any are.</summary>
    public static MessageResource Metadata(StoredMail mail, IReadOnlyCollection<string> names)
    {
        var (type, headers) = (MimeTree.TypeOf(mail.Mail), Headers(mail));
        return Minimal(mail) with
        {
            Payload = new PartResource(
                null,
                type,
                null,
                [.. headers.Where(header => names.Count == 0 || names.Contains(header.Name, StringComparer.OrdinalIgnoreCase))],
                null),
        };
    }

    /// <summary>All of it as it came over the wire.</summary>
    public static MessageResource Raw(StoredMail mail) => Minimal(mail) with
    {
        Raw = Base64Url.EncodeToString(MimeWriter.Write(
            Headers(mail).Select(header => KeyValuePair.Create(header.Name, header.Value)),
            mail.Mail.Body ?? "",
            mail.Mail.Report,
            mail.Mail.Reported)),
    };

    /// <summary>Ids, labels and the snippet.</summary>
    public static MessageResource Minimal(StoredMail mail) => new(
        mail.Id,
        mail.ThreadId,
        Labels,
        Snippet(mail.Mail.Body ?? ""),
        mail.HistoryId.ToString(CultureInfo.InvariantCulture),
        mail.ReceivedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        1000 + Encoding.UTF8.GetByteCount(mail.Mail.Body ?? "") + (mail.Mail.Attachments?.Sum(attachment => attachment.Size) ?? 0),
        null);

    private static PartResource Payload(StoredMail mail)
    {
        var root = MimeTree.Of(mail.Mail);
        return root with { Headers = Headers(mail) };
    }

    private static List<HeaderResource> Headers(StoredMail mail) =>
    [
        new("Delivered-To", mail.Mail.To!),
        new("Date", mail.ReceivedAt.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)),
        new("From", mail.Mail.From!),
        new("To", mail.Mail.To!),
        new("Subject", mail.Mail.Subject ?? ""),
        new("Message-ID", mail.Mail.MessageId ?? $"<{mail.Id}@mail.simulator.test>"),
        new("MIME-Version", "1.0"),
        new("Content-Type", MimeTree.TypeOf(mail.Mail)),
        .. mail.Mail.Headers?.Select(header => new HeaderResource(header.Key, header.Value)) ?? [],
    ];

    // HTML-escaped and on one line, as Gmail's is
    private static string Snippet(string body)
    {
        var line = string.Join(' ',
            body[..Math.Min(body.Length, 2 * SnippetLength)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return WebUtility.HtmlEncode(line.Length <= SnippetLength ? line : line[..SnippetLength]);
    }
}

/// <summary>The parts of a mail: text alone, text and HTML as alternatives, and all that in a mix when something is attached.</summary>
internal static class MimeTree
{
    private const string Mixed = "multipart/mixed";
    private const string Alternative = "multipart/alternative";

    public static string TypeOf(NewMail mail) =>
        mail.Report is { Count: > 0 } ? MimeWriter.ReportType
        : mail.Attachments is { Count: > 0 } ? Mixed : mail.Html is not null ? Alternative : "text/plain";

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
