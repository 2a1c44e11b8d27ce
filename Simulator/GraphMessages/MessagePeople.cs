using System.Text.Json;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphMessages;

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
