using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Webhooks.Email;

/// <summary>Reads one mail or an array of them from a body.</summary>
internal static class EmailReader
{
    /// <summary>How many mails one request may carry.</summary>
    public const int MaxMails = 500;

    /// <summary>The mails of the body; or what is wrong with it, each field of each mail that is.</summary>
    public static async ValueTask<(IReadOnlyList<EmailRequest> Mails, IReadOnlyList<FieldError> Mistakes)> ReadAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var json = await request.ReadToEndAsync(cancellationToken);
        try
        {
            return Parse(json);
        }
        finally
        {
            request.BodyReader.AdvanceTo(json.End);
        }
    }

    internal static (IReadOnlyList<EmailRequest> Mails, IReadOnlyList<FieldError> Mistakes) Parse(ReadOnlySequence<byte> json)
    {
        var isArray = IsArray(json);
        var reader = new Utf8JsonReader(json);
        try
        {
            return isArray
                ? CheckAll(JsonSerializer.Deserialize(ref reader, EmailJson.Default.IReadOnlyListEmailRequest), ref reader)
                : CheckOne(JsonSerializer.Deserialize(ref reader, EmailJson.Default.EmailRequest), ref reader);
        }
        catch (JsonException first)
        {
            var type = isArray ? typeof(IReadOnlyList<EmailRequest?>) : typeof(EmailRequest);
            return ([], JsonErrors.All(first, json, type, EmailJson.Default.Options, out _));
        }
    }

    private static bool IsArray(ReadOnlySequence<byte> json)
    {
        var reader = new SequenceReader<byte>(json);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');
        return reader.TryPeek(out var first) && first == (byte)'[';
    }

    private static (IReadOnlyList<EmailRequest>, IReadOnlyList<FieldError>) CheckOne(EmailRequest? mail, ref Utf8JsonReader reader)
    {
        ExpectEnd(ref reader);
        if (mail is null)
            return ([], [new("$", "The body must be a mail or an array of mails.")]);
        var mistakes = new List<FieldError>();
        EmailValidation.Check(mail, "", mistakes);
        return ([mail], mistakes);
    }

    private static (IReadOnlyList<EmailRequest>, IReadOnlyList<FieldError>) CheckAll(
        IReadOnlyList<EmailRequest?>? mails, ref Utf8JsonReader reader)
    {
        ExpectEnd(ref reader);
        if (mails is not { Count: > 0 and <= MaxMails })
            return ([], [new("$", $"An array must have 1 to {MaxMails} mails.")]);

        var mistakes = new List<FieldError>();
        for (var index = 0; index < mails.Count && mistakes.Count < JsonErrors.Most; index++)
        {
            var prefix = $"[{index}]";
            if (mails[index] is { } mail)
                EmailValidation.Check(mail, prefix + ".", mistakes);
            else
                mistakes.Add(new(prefix, "It is null."));
        }

        return (mistakes.Count > 0 ? [] : [.. mails!], mistakes);
    }

    // what follows the value is a mistake too
    private static void ExpectEnd(ref Utf8JsonReader reader) => reader.Read();
}

/// <summary>A mail as a program hands it in.</summary>
internal sealed class EmailRequest
{
    /// <summary>The sender's id of it: the same mail again counts once.</summary>
    public string? MessageId { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Subject { get; init; }

    public string? Text { get; init; }

    /// <summary>When it was received; left out, it is now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    public string? ThreadId { get; init; }

    public Dictionary<string, string?>? Headers { get; init; }

    public IReadOnlyList<AttachmentRequest?>? Attachments { get; init; }

    /// <summary>The mail, once it is found valid.</summary>
    public InboundMail ToMail(DateTimeOffset now) => new(
        MessageId ?? "",
        From!,
        To ?? "",
        Subject ?? "",
        Text ?? "",
        ReceivedAt?.ToUniversalTime() ?? now,
        ThreadId,
        Headers is { Count: > 0 } ? Headers.ToDictionary(header => header.Key, header => header.Value ?? "") : null,
        Attachments is { Count: > 0 } ? [.. Attachments.Select(attachment => attachment!.ToAttachment())] : null);
}

/// <summary>What is attached to a mail; only its description.</summary>
internal sealed class AttachmentRequest
{
    public string? Name { get; init; }

    public string? ContentType { get; init; }

    /// <summary>In bytes.</summary>
    public long? Size { get; init; }

    public MailAttachment ToAttachment() => new(Name!, ContentType ?? "application/octet-stream", Size ?? 0);
}

/// <summary>How mails are read and answered, generated at build time.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EmailRequest))]
[JsonSerializable(typeof(IReadOnlyList<EmailRequest?>))]
internal sealed partial class EmailJson : JsonSerializerContext;
