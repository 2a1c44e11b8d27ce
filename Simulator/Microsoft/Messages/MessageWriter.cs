using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// Writes messages as Graph's JSON: straight to the answer, since a large mailbox is read at thousands of mails a second.
/// </summary>
/// <param name="ids">The ids of their mailbox.</param>
/// <param name="fields">What of each.</param>
/// <param name="asText">Whether bodies are text, not HTML.</param>
internal sealed class MessageWriter(MailIds ids, MessageFields fields, bool asText)
{
    private const int PreviewLength = 255;

    /// <summary>The message by itself or in a list.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="mail">Which.</param>
    /// <param name="context">The <c>@odata.context</c> of one that stands alone.</param>
    /// <param name="typed">Whether it says of which type it is, as in a delta.</param>
    public void Write(Utf8JsonWriter json, MailItem mail, string? context = null, bool typed = false)
    {
        var wanted = mail.IsBroken ? fields & MessageFields.OfBroken : fields;
        json.WriteStartObject();
        if (context is not null)
        {
            json.WriteString("@odata.context", context);
        }

        if (typed)
        {
            json.WriteString("@odata.type", "#microsoft.graph.message");
        }

        json.WriteString("@odata.etag", ETag(mail));
        json.WriteString("id", mail.Id);
        WriteTimes(json, mail, wanted);
        WriteText(json, mail, wanted);
        MessagePeople.Write(json, mail, wanted);
        if (wanted.HasFlag(MessageFields.Flag))
        {
            json.WriteStartObject("flag");
            json.WriteString("flagStatus", "notFlagged");
            json.WriteEndObject();
        }

        // Graph keeps no headers of what was sent
        if (wanted.HasFlag(MessageFields.InternetMessageHeaders) && mail.Folder == MailFolder.Inbox)
        {
            MessagePeople.WriteHeaders(json, mail);
        }

        json.WriteEndObject();
    }

    /// <summary>Changes with the message; here it never does.</summary>
    public static string ETag(MailItem mail) => $"W/\"{ChangeKey(mail)}\"";

    private static string ChangeKey(MailItem mail) => "CQAAABYAAA" + mail.At.ToString("x", CultureInfo.InvariantCulture);

    private void WriteTimes(Utf8JsonWriter json, MailItem mail, MessageFields wanted)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(mail.At).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        Text(MessageFields.CreatedDateTime, "createdDateTime"u8, at);
        Text(MessageFields.LastModifiedDateTime, "lastModifiedDateTime"u8, at);
        if (wanted.HasFlag(MessageFields.ChangeKey))
        {
            json.WriteString("changeKey"u8, ChangeKey(mail));
        }

        Text(MessageFields.ReceivedDateTime, "receivedDateTime"u8, at);
        Text(MessageFields.SentDateTime, "sentDateTime"u8, at);
        if (wanted.HasFlag(MessageFields.Categories))
        {
            json.WriteStartArray("categories"u8);
            foreach (var category in mail.Categories)
            {
                json.WriteStringValue(category);
            }

            json.WriteEndArray();
        }

        void Text(MessageFields field, ReadOnlySpan<byte> name, string value)
        {
            if (wanted.HasFlag(field))
            {
                json.WriteString(name, value);
            }
        }
    }

    private void WriteText(Utf8JsonWriter json, MailItem mail, MessageFields wanted)
    {
        Flag(MessageFields.HasAttachments, "hasAttachments"u8, false);
        Flag(MessageFields.IsRead, "isRead"u8, mail.IsRead);
        Flag(MessageFields.IsDraft, "isDraft"u8, false);
        Text(MessageFields.InternetMessageId, "internetMessageId"u8, mail.InternetMessageId);
        Text(MessageFields.Subject, "subject"u8, mail.Subject);
        Text(MessageFields.Importance, "importance"u8, "normal");
        Text(MessageFields.ConversationId, "conversationId"u8, mail.ConversationId);
        Text(MessageFields.ConversationIndex, "conversationIndex"u8, mail.ConversationIndex);
        if (wanted.HasFlag(MessageFields.ParentFolderId))
        {
            json.WriteString("parentFolderId"u8, ids.Folder(mail.Folder));
        }

        if (wanted.HasFlag(MessageFields.BodyPreview))
        {
            json.WriteString("bodyPreview"u8,
                (mail.Text.Length <= PreviewLength ? mail.Text : mail.Text[..PreviewLength]).ReplaceLineEndings("\r\n"));
        }

        if (wanted.HasFlag(MessageFields.Body))
        {
            json.WriteStartObject("body"u8);
            json.WriteString("contentType"u8, asText ? "text" : "html");
            json.WriteString("content"u8, asText ? mail.Text.ReplaceLineEndings("\r\n") : Html(mail.Text));
            json.WriteEndObject();
        }

        void Flag(MessageFields field, ReadOnlySpan<byte> name, bool value)
        {
            if (wanted.HasFlag(field))
            {
                json.WriteBoolean(name, value);
            }
        }

        void Text(MessageFields field, ReadOnlySpan<byte> name, string value)
        {
            if (wanted.HasFlag(field))
            {
                json.WriteString(name, value);
            }
        }
    }

    private static string Html(string text) =>
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body><div>"
        + WebUtility.HtmlEncode(text).Replace("\n", "<br>\r\n", StringComparison.Ordinal)
        + "</div></body></html>";
}

/// <summary>The part of a message that says who wrote it to whom, and its headers.</summary>
internal static class MessagePeople
{
    private static readonly (MessageFields Field, JsonEncodedText Name)[] Recipients =
    [
        (MessageFields.ToRecipients, JsonEncodedText.Encode("toRecipients")),
        (MessageFields.CcRecipients, JsonEncodedText.Encode("ccRecipients")),
        (MessageFields.BccRecipients, JsonEncodedText.Encode("bccRecipients")),
        (MessageFields.ReplyTo, JsonEncodedText.Encode("replyTo")),
    ];

    /// <summary>From, to and copies.</summary>
    public static void Write(Utf8JsonWriter json, MailItem mail, MessageFields wanted)
    {
        if (wanted.HasFlag(MessageFields.Sender))
        {
            json.WritePropertyName("sender"u8);
            Write(json, mail.From);
        }

        if (wanted.HasFlag(MessageFields.From))
        {
            json.WritePropertyName("from"u8);
            Write(json, mail.From);
        }

        foreach (var (field, name) in Recipients)
        {
            if (!wanted.HasFlag(field))
            {
                continue;
            }

            json.WriteStartArray(name);
            foreach (var person in field switch { MessageFields.ToRecipients => mail.To, MessageFields.CcRecipients => mail.Cc, _ => [] })
            {
                Write(json, person);
            }

            json.WriteEndArray();
        }
    }

    private static void Write(Utf8JsonWriter json, MailAddress person)
    {
        json.WriteStartObject();
        json.WriteStartObject("emailAddress"u8);
        json.WriteString("name"u8, person.Name);
        json.WriteString("address"u8, person.Address);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The headers of a mail that came in.</summary>
    public static void WriteHeaders(Utf8JsonWriter json, MailItem mail)
    {
        json.WriteStartArray("internetMessageHeaders"u8);
        foreach (var (name, value) in mail.Headers.Prepend(new("Message-ID", mail.InternetMessageId)).Prepend(new("Subject", mail.Subject)))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("value"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
