using System.Net;
using Microsoft.Extensions.Options;
using MimeKit;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Email;

/// <summary>
/// Fetches the files of a mail from wherever they are, but no private address: so many, so large together and within such a time. A mail goes
/// with all of its files or not at all.
/// </summary>
internal sealed class AttachmentDownload(IHttpClientFactory clients, IOptions<SmtpOptions> options, TimeProvider timeProvider)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "attachments";

    private const int Megabyte = 1024 * 1024;
    private const string Unnamed = "attachment";
    private const int LongestName = 200;

    private readonly AttachmentOptions _options = options.Value.Attachments;

    /// <summary>Fetches files.</summary>
    /// <exception cref="ProviderException">One of them cannot be had: its failure says whether that may pass.</exception>
    public async Task<IReadOnlyList<MimePart>> FetchAsync(
        IReadOnlyList<AttachmentReference> references, CancellationToken cancellationToken)
    {
        if (references.Count > _options.MaxCount)
            throw Refused($"It has {references.Count} attachments; at most {_options.MaxCount} are sent along.");

        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        using var http = clients.CreateClient(HttpClientName);
        var (parts, left) = (new List<MimePart>(references.Count), (long)_options.MaxMegabytes * Megabyte);
        foreach (var reference in references)
        {
            try
            {
                var (part, size) = await FetchAsync(http, reference, left, either.Token);
                parts.Add(part);
                left -= size;
            }
            catch (Exception exception) when (FailureOf(reference, exception, cancellationToken) is { } failure)
            {
                throw new ProviderException(failure, exception);
            }
        }

        return parts;
    }

    private async Task<(MimePart Part, long Size)> FetchAsync(
        HttpClient http, AttachmentReference reference, long most, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(reference.Url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw Refused($"The attachment {NameOf(reference)} has no http or https address.");
        using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new ProviderException(OfStatus(reference, response.StatusCode));
        if (response.Content.Headers.ContentLength > most)
            throw TooLarge(reference);

        var content = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[81_920];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (content.Length + read > most)
                throw TooLarge(reference);
            content.Write(buffer, 0, read);
        }

        content.Position = 0;
        var part = new MimePart(TypeOf(reference.ContentType ?? response.Content.Headers.ContentType?.ToString()))
        {
            Content = new MimeContent(content),
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment),
            ContentTransferEncoding = ContentEncoding.Base64,
            FileName = NameOf(reference),
        };
        return (part, content.Length);
    }

    /// <summary>The file's name without its path and what controls.</summary>
    internal static string NameOf(AttachmentReference reference)
    {
        var line = EmailMessage.Line(reference.Name);
        var name = line[(line.LastIndexOfAny(['/', '\\']) + 1)..].Trim();
        return name.Length == 0 ? Unnamed : name.Length > LongestName ? name[^LongestName..] : name;
    }

    // a mail within the mail, or parts of it, would be read as such and not as a file
    private static ContentType TypeOf(string? text) =>
        text is not null && ContentType.TryParse(text, out var type) && type.MediaType is not ("multipart" or "message")
            ? new ContentType(type.MediaType, type.MediaSubtype) { Charset = type.Charset }
            : new ContentType("application", "octet-stream");

    // what was not fetched was not sent: nothing of it is in doubt
    private ProviderFailure? FailureOf(AttachmentReference reference, Exception exception, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(_options.TimeoutSeconds);
        return ProviderFailure.Of($"The server of the attachment {NameOf(reference)}", exception, timeout, cancellationToken) switch
        {
            { Kind: FailureKind.UnknownOutcome } broken => broken with { Kind = FailureKind.Transient },
            var failure => failure,
        };
    }

    private static ProviderFailure OfStatus(AttachmentReference reference, HttpStatusCode status) => new(
        (int)status is >= 500 or 408 or 425 or 429 ? FailureKind.Transient : FailureKind.Permanent,
        $"The attachment {NameOf(reference)} cannot be fetched: HTTP {(int)status}.");

    private ProviderException TooLarge(AttachmentReference reference) =>
        Refused($"The attachment {NameOf(reference)} is too large: all of a mail may have {_options.MaxMegabytes} MB.");

    private static ProviderException Refused(string error) => new(FailureKind.Permanent, error);
}
