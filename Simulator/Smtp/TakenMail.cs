using MimeKit;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Smtp;

/// <summary>A mail that the server has taken, of one of its recipients.</summary>
/// <param name="Sequence">Its place in the order: the microsecond since 1970 when it was taken, or the next free one.</param>
/// <param name="Connection">The number of the connection that it came over.</param>
/// <param name="From">The envelope's sender.</param>
/// <param name="To">The envelope's recipient.</param>
/// <param name="Content">The mail as it came.</param>
internal sealed record TakenMail(long Sequence, long Connection, string From, string To, byte[] Content) : IStoredMessage
{
    private MailView? _view;

    /// <summary>The id in the queue, which the server's answer tells.</summary>
    public string Id { get; } = Sequence.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public MailView View => _view ??= MailView.Of(this);

    public bool IsTo(string? address) => address is null || To.Equals(address, StringComparison.OrdinalIgnoreCase);

    public bool Says(string? words) => words is null
        || View.Subject?.Contains(words, StringComparison.OrdinalIgnoreCase) == true
        || View.Text?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>A mail as control calls show it.</summary>
/// <param name="Id">Its id in the queue.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Connection">The number of the connection that it came over.</param>
/// <param name="From">The envelope's sender.</param>
/// <param name="To">The envelope's recipient.</param>
/// <param name="MessageId">Its Message-ID, in angle brackets.</param>
/// <param name="Subject">Its subject, decoded.</param>
/// <param name="Headers">Its headers, decoded; of several of one name the first.</param>
/// <param name="Text">Its plain part.</param>
/// <param name="Html">Its HTML.</param>
/// <param name="Attachments">Its files.</param>
internal sealed record MailView(
    string Id,
    DateTimeOffset At,
    long Connection,
    string From,
    string To,
    string? MessageId,
    string? Subject,
    IReadOnlyDictionary<string, string> Headers,
    string? Text,
    string? Html,
    IReadOnlyList<AttachedFile> Attachments)
{
    public static MailView Of(TakenMail mail)
    {
        using var stream = new MemoryStream(mail.Content, writable: false);
        using var message = MimeMessage.Load(stream);
        return new(
            mail.Id,
            DateTimeOffset.UnixEpoch.AddMicroseconds(mail.Sequence),
            mail.Connection,
            mail.From,
            mail.To,
            message.Headers[HeaderId.MessageId],
            message.Subject,
            message.Headers.DistinctBy(header => header.Field, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(header => header.Field, header => header.Value, StringComparer.OrdinalIgnoreCase),
            message.TextBody,
            message.HtmlBody,
            [.. message.Attachments.OfType<MimePart>().Select(AttachedFile.Of)]);
    }
}

/// <summary>A file of a mail.</summary>
internal sealed record AttachedFile(string? Name, string ContentType, long Size)
{
    public static AttachedFile Of(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content?.DecodeTo(content);
        return new(part.FileName, part.ContentType.MimeType, content.Length);
    }
}
