using System.Globalization;

namespace Switchboard.Edge.Api.Webhooks.Email;

/// <summary>
/// What a mail must be. Written out by hand: it is run thousands of times a second, and a mail that is valid costs no allocation.
/// </summary>
internal static class EmailValidation
{
    // with (source, message_id) in an index, whose rows are limited to about 2,700 bytes
    private const int MaxMessageId = 512;
    private const int MaxAddress = 1_000;
    private const int MaxSubject = 2_000;
    private const int MaxThreadId = 512;
    private const int MaxHeaders = 200;
    private const int MaxHeaderName = 256;
    private const int MaxHeaderValue = 16_384;
    private const int MaxAttachments = 100;
    private const int MaxFileName = 512;
    private const int MaxContentType = 256;

    /// <summary>Adds each mistake, its field's name after the prefix: <c>[3].</c>.</summary>
    public static void Check(EmailRequest mail, string prefix, List<FieldError> mistakes, bool needsMessageId = true)
    {
        Text(mail.MessageId, prefix, "messageId", needsMessageId, MaxMessageId, mistakes);
        if (Text(mail.From, prefix, "from", true, MaxAddress, mistakes) && !HasAddress(mail.From))
            mistakes.Add(new($"{prefix}from", "It must have an address, such as billing@acme.test."));
        Text(mail.To, prefix, "to", true, MaxAddress, mistakes);
        Text(mail.Subject, prefix, "subject", false, MaxSubject, mistakes);
        // as long as the body of the request lets it be
        Text(mail.Text, prefix, "text", false, int.MaxValue, mistakes);
        Text(mail.ThreadId, prefix, "threadId", false, MaxThreadId, mistakes);
        if (mail.ReceivedAt is { Year: < 1970 or > 9998 })
            mistakes.Add(new($"{prefix}receivedAt", "It must be a time after 1970."));
        if (mail.Headers is not null)
            CheckHeaders(mail.Headers, prefix, mistakes);
        if (mail.Attachments is not null)
            CheckAttachments(mail.Attachments, prefix, mistakes);
    }

    private static void CheckHeaders(Dictionary<string, string?> headers, string prefix, List<FieldError> mistakes)
    {
        if (headers.Count > MaxHeaders)
            mistakes.Add(new($"{prefix}headers", $"There are {headers.Count}; {MaxHeaders} are the most."));
        foreach (var (name, value) in headers.Take(MaxHeaders))
        {
            if (name.Length is 0 or > MaxHeaderName || !TextRules.IsStorable(name))
                mistakes.Add(new($"{prefix}headers", $"A header's name has 1 to {MaxHeaderName} characters, none of them null."));
            else
                Text(value, $"{prefix}headers.", name, false, MaxHeaderValue, mistakes);
        }
    }

    private static void CheckAttachments(IReadOnlyList<AttachmentRequest?> attachments, string prefix, List<FieldError> mistakes)
    {
        if (attachments.Count > MaxAttachments)
            mistakes.Add(new($"{prefix}attachments", $"There are {attachments.Count}; {MaxAttachments} are the most."));
        for (var index = 0; index < Math.Min(attachments.Count, MaxAttachments); index++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"{prefix}attachments[{index}]");
            if (attachments[index] is not { } attachment)
            {
                mistakes.Add(new(field, "It is null."));
                continue;
            }

            Text(attachment.Name, $"{field}.", "name", true, MaxFileName, mistakes);
            Text(attachment.ContentType, $"{field}.", "contentType", false, MaxContentType, mistakes);
            if (attachment.Size < 0)
                mistakes.Add(new($"{field}.size", "It must not be negative."));
        }
    }

    private static bool Text(string? text, string prefix, string name, bool isRequired, int maxLength, List<FieldError> mistakes)
    {
        var reason = text switch
        {
            _ when string.IsNullOrWhiteSpace(text) => isRequired ? "It must not be empty." : null,
            _ when text.Length > maxLength => $"It is longer than {maxLength} characters.",
            _ when !TextRules.IsStorable(text) => TextRules.NotStorable,
            _ => null,
        };
        if (reason is not null)
            mistakes.Add(new(prefix + name, reason));
        return reason is null;
    }

    private static bool HasAddress(string? from)
    {
        var at = from.AsSpan().LastIndexOf('@');
        return at > 0 && at < from!.Length - 1;
    }
}
