using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What a mail says of the delivery of another.</summary>
/// <param name="IsFailure">Whether it failed for somebody; null when nothing says it.</param>
/// <param name="Recipients">Of whom it tells, canonical: those for whom it failed, or all when it failed for none.</param>
/// <param name="MessageIds">The Message-IDs of the other mail, as they stand there.</param>
/// <param name="Subject">The subject of the other mail; null when it is not shown.</param>
/// <param name="Status">The status code (RFC 3463) of the first of those recipients that has one.</param>
/// <param name="Diagnostic">What the recipient's server said, on one line.</param>
/// <param name="IsDelayed">Whether it only says that the delivery takes longer.</param>
/// <param name="NotificationId">What the other mail has in the header that names its notification.</param>
internal sealed record DeliveryReport(
    bool? IsFailure,
    IReadOnlyList<string> Recipients,
    IReadOnlyList<string> MessageIds,
    string? Subject,
    string? Status = null,
    string? Diagnostic = null,
    bool IsDelayed = false,
    string? NotificationId = null);

/// <summary>
/// Reads delivery reports (RFC 3464, and RFC 6533 for addresses beyond ASCII): what became of each recipient, and which mail it is about,
/// as its headers stand in the third part or where Gmail puts its Message-ID. Reports without such parts are read as text.
/// </summary>
internal static partial class DeliveryReports
{
    /// <summary>What is larger is not read: a report has some kilobytes, and with it may come all of the mail it is about.</summary>
    public const int LargestBytes = 5 * 1024 * 1024;

    private const int MostRecipients = 500;
    private const int MostParts = 200;
    private const int LongestDiagnostic = 500;

    /// <summary>Reads a mail as it came over the wire; null when it reports no delivery.</summary>
    public static async Task<DeliveryReport?> ReadAsync(byte[] mime, CancellationToken cancellationToken)
    {
        if (mime.Length is 0 or > LargestBytes)
            return null;
        using var stream = new MemoryStream(mime, writable: false);
        try
        {
            using var message = await MimeMessage.LoadAsync(stream, cancellationToken);
            return Read(message);
        }
        catch (FormatException)
        {
            // it is no mail
            return null;
        }
    }

    private static DeliveryReport? Read(MimeMessage message)
    {
        MimeEntity[] parts = [.. PartsOf(message.Body).Take(MostParts)];
        var original = parts.OfType<MessagePart>().LastOrDefault()?.Message?.Headers;
        HeaderList[] groups = [.. parts.OfType<MessageDeliveryStatus>().SelectMany(part => part.StatusGroups)];
        if (groups.Length == 0)
            return PlainReports.Read(TextOf(parts), original);

        var outcomes = groups.Select(RecipientOutcome.Of).OfType<RecipientOutcome>().Take(MostRecipients).ToArray();
        bool? isFailure = Array.Exists(outcomes, outcome => outcome.HasFailed == true) ? true
            : Array.Exists(outcomes, outcome => outcome.HasFailed == false) ? false
            : null;
        var told = outcomes.Where(outcome => isFailure != true || outcome.HasFailed == true).ToArray();
        return new(
            isFailure,
            [.. told.SelectMany(outcome => outcome.Addresses).Distinct()],
            [.. IdsOf([original, message.Headers, .. groups])],
            original?[HeaderId.Subject],
            told.Select(outcome => outcome.StatusCode).FirstOrDefault(status => status is not null),
            told.Select(outcome => outcome.Diagnostic).FirstOrDefault(diagnostic => diagnostic is not null),
            isFailure == false && Array.Exists(told, outcome => outcome.IsDelayed),
            original?[NotificationMail.IdHeader]);
    }

    /// <summary>The Message-IDs that headers give to the mail that is reported of: its own, and those that it had before a server on the
    /// way gave it another.</summary>
    public static IEnumerable<string> IdsOf(IReadOnlyList<HeaderList?> headers) =>
        new[] { headers[0]?["Message-ID"] }.Concat(headers.Select(list => list?["X-Original-Message-ID"]))
            .Where(id => !string.IsNullOrWhiteSpace(id)).Select(id => id!.Trim()).Distinct(StringComparer.Ordinal);

    // what is inside of an attached mail is not this mail's
    private static IEnumerable<MimeEntity> PartsOf(MimeEntity? entity) =>
        entity is Multipart multipart ? multipart.SelectMany(PartsOf) : entity is null ? [] : [entity];

    private static string TextOf(MimeEntity[] parts) =>
        string.Join('\n', parts.OfType<TextPart>().Where(part => part.IsPlain).Select(part => part.Text));

    /// <summary>What became of one recipient.</summary>
    /// <param name="Addresses">The recipient's address as the mail had it, and as a server on the way changed it.</param>
    /// <param name="HasFailed">Whether the delivery failed for good; null when it is not said.</param>
    /// <param name="IsDelayed">Whether it takes longer.</param>
    /// <param name="StatusCode">Why, by its number.</param>
    /// <param name="Diagnostic">Why, in the words of the recipient's server.</param>
    private sealed record RecipientOutcome(
        IReadOnlyList<string> Addresses, bool? HasFailed, bool IsDelayed, string? StatusCode, string? Diagnostic)
    {
        public static RecipientOutcome? Of(HeaderList fields)
        {
            string[] addresses = [.. AddressesIn(fields["Original-Recipient"]), .. AddressesIn(fields["Final-Recipient"])];
            var action = Word().Match(fields["Action"] ?? "").Value;
            return addresses.Length == 0 && action.Length == 0
                ? null
                : new(
                    addresses,
                    HasFailedBy(action, fields),
                    action.Equals("delayed", StringComparison.OrdinalIgnoreCase),
                    EnhancedStatus.Find(fields["Status"])?.ToString(),
                    DiagnosticOf(fields["Diagnostic-Code"]));
        }

        // RFC 3464, 2.3.3: delayed, delivered, relayed and expanded are the others; without any of them the status says it (2.3.4)
        private static bool? HasFailedBy(string action, HeaderList fields) => action.ToLowerInvariant() switch
        {
            "failed" => true,
            "delayed" or "delivered" or "relayed" or "expanded" => false,
            _ => Status().Match(fields["Status"] ?? "").Value switch
            {
                "5" => true,
                "2" or "4" => false,
                _ => null,
            },
        };
    }

    // smtp; 550 5.1.1 no such user
    private static string? DiagnosticOf(string? field)
    {
        if (field is null)
            return null;
        var text = field[(field.IndexOf(';', StringComparison.Ordinal) + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return text.Length == 0 ? null : StorableText.Cut(string.Join(' ', text), LongestDiagnostic);
    }

    // rfc822; ann@x.test, or utf-8; with letters as \x{E4}
    private static IEnumerable<string> AddressesIn(string? field) => field is null
        ? []
        : MailAddress.ReadAll(Escaped().Replace(field[(field.IndexOf(';', StringComparison.Ordinal) + 1)..], escaped =>
            int.TryParse(escaped.Groups[1].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var letter)
                && Rune.IsValid(letter)
                ? char.ConvertFromUtf32(letter)
                : escaped.Value));

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=\A\s*)[245](?=\.)")]
    private static partial Regex Status();

    [GeneratedRegex(@"\\x\{([0-9A-Fa-f]{2,6})\}")]
    private static partial Regex Escaped();
}

/// <summary>
/// Reads the reports of servers that write them for people alone, as far as their form is written down: qmail's (QSBMF: a paragraph
/// that begins with each address, then a break, then the mail), Exchange's (what it has for administrators, then the mail's headers),
/// and those that quote the mail's headers alike.
/// </summary>
internal static partial class PlainReports
{
    private const int LongestText = 256 * 1024;

    /// <summary>Reads the text of a mail; null when it reports no delivery.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="attached">The headers of a mail that is attached to it.</param>
    public static DeliveryReport? Read(string text, HeaderList? attached)
    {
        var lines = (text.Length > LongestText ? text[..LongestText] : text).ReplaceLineEndings("\n");
        var said = Break().Match(lines) is { Success: true } found ? found.Index : lines.Length;
        var notice = lines[..said];
        var failed = Qmail().IsMatch(notice) ? Addresses(QmailRecipient().Matches(notice))
            : Exchange().IsMatch(notice) ? Addresses(ExchangeRecipient().Matches(notice))
            : null;
        var original = attached ?? Headers(lines[said..]);
        string[] ids = [.. DeliveryReports.IdsOf([original])];
        return failed is null && ids.Length == 0
            ? null
            : new(failed is null ? null : true, failed ?? [], ids, original?[HeaderId.Subject],
            NotificationId: original?[NotificationMail.IdHeader]);
    }

    private static string[] Addresses(MatchCollection matches) =>
        [.. matches.SelectMany(match => MailAddress.ReadAll(match.Groups[1].Value)).Distinct().Take(500)];

    // what follows the break, from the first line that is a header on
    private static HeaderList? Headers(string quoted)
    {
        if (FirstHeader().Match(quoted) is not { Success: true } first)
            return null;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(quoted[first.Index..]));
        try
        {
            return HeaderList.Load(stream);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?:-{3,}.*|Original message headers:.*)$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Break();

    [GeneratedRegex(@"\A\s*Hi\. This is the ")]
    private static partial Regex Qmail();

    [GeneratedRegex(@"^<([^<>\s]{3,320})>:", RegexOptions.Multiline)]
    private static partial Regex QmailRecipient();

    [GeneratedRegex(
        "^[ \\t]*(?:Diagnostic information for administrators:|Generating server:)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Exchange();

    // an address by itself on a line, or before what the other server said
    [GeneratedRegex(@"^[ \t]*<?([^\s<>@:;,]{1,64}@[^\s<>@:;,#]{3,255})>?[ \t]*(?:#.*)?$", RegexOptions.Multiline)]
    private static partial Regex ExchangeRecipient();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]", RegexOptions.Multiline)]
    private static partial Regex FirstHeader();
}
