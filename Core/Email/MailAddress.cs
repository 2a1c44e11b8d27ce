using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ADRaffy.ENSNormalize;
using MimeKit;

namespace Switchboard.Core.Email;

/// <summary>
/// Mail addresses in the form in which they are compared everywhere: lower case, the domain in ASCII (punycode) and without a dot at
/// its end. An address in plain ASCII is only put in lower case, so what was stored before is still met.
/// </summary>
public static partial class MailAddress
{
    /// <summary>The most addresses that are read of one header.</summary>
    public const int MostAddresses = 1_000;

    private const int LongestHeader = 65_536;

    // a name may have commas that nobody quoted, but at each the parser looks ahead as far as the name could go
    private const int MostCommas = 2 * MostAddresses;
    private const int MostCommasOfName = 16;
    private const int LongestAddress = 320;
    private const int LongestDomain = 253;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+");

    private static readonly SearchValues<char> NotInPlainName = SearchValues.Create("<>()[]\",;:\\@（）");

    private static readonly ParserOptions Options = new() { AllowUnquotedCommasInAddresses = true };

    /// <summary>The form in which an address is compared. What is no address, such as a phone number, is put in lower case.</summary>
    public static string Canonical(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = Composed(address.Trim());
        var at = text.LastIndexOf('@');
        return at < 0 ? text : $"{text.AsSpan(0, at + 1)}{CanonicalDomain(text[(at + 1)..])}";
    }

    /// <summary>The form in which a domain is compared; labels that have no form in ASCII, such as those with wildcards, stay as they
    /// are.</summary>
    public static string CanonicalDomain(string domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var text = Composed(domain.Trim());
        if (!Ascii.IsValid(text))
            text = string.Join('.', Composed(WithPlainWidth(text)).Split('.').Select(ToAscii));
        return text.TrimEnd('.');
    }

    /// <summary>A canonical address or domain as a person writes it: <c>bücher.example</c> for <c>xn--bcher-kva.example</c>.</summary>
    public static string ToUnicode(string canonical)
    {
        ArgumentNullException.ThrowIfNull(canonical);
        if (!canonical.Contains("xn--", StringComparison.Ordinal) || canonical.Length > LongestAddress)
            return canonical;
        var domain = canonical.LastIndexOf('@') + 1;
        return canonical[..domain] + string.Join('.', canonical[domain..].Split('.').Select(FromAscii));
    }

    /// <summary>What follows the last <c>@</c> of an address; empty when there is none.</summary>
    public static string DomainOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.LastIndexOf('@') is var at and >= 0 ? address[(at + 1)..] : "";
    }

    /// <summary>
    /// The addresses of a header such as From or To (RFC 5322, 3.4), canonical, in their order, without names, groups and comments. What
    /// is none, such as an encoded word, is left out. Headers that break the syntax are read as people mean them.
    /// </summary>
    /// <param name="header">The header as it came, not decoded: what is encoded is part of a name.</param>
    public static IReadOnlyList<string> ReadAll(string? header) =>
        string.IsNullOrWhiteSpace(header) ? []
        : FindPlain(header) is { IsEmpty: false } plain ? [Canonical(plain.ToString())]
        : TryParse(header, out var mailboxes) ? [.. mailboxes.Select(mailbox => Canonical(mailbox.Address))]
        : [.. Prepared(header).Split([',', ';']).Select(AddressIn).OfType<string>().Take(MostAddresses).Select(Canonical)];

    /// <summary>The same with their names; false where the header breaks the syntax so that it cannot be said which name is
    /// whose.</summary>
    public static bool TryParse(string header, out IReadOnlyList<MailboxAddress> mailboxes)
    {
        // a group that was never meant hides an address: Acme :-( <a@b.test>
        var text = Prepared(header);
        InternetAddressList? list = null;
        var isRead = !HasEndlessName(text) && InternetAddressList.TryParse(Options, text, out list) && list.Mailboxes.Any();
        mailboxes = isRead ? [.. list!.Mailboxes.Select(Unwrapped).Where(mailbox => IsAddress(mailbox.Address, mailbox.Domain)).Take(MostAddresses)] : [];
        return isRead;
    }

    // full-width brackets are comments to people; of several addresses in angle brackets without a comma between them the last one counts,
    // what stands before it is part of its name
    private static string Prepared(string header)
    {
        var text = header.Length <= LongestHeader ? header
            : header[..(header.LastIndexOf(',', LongestHeader) is var comma and > 0 ? comma : LongestHeader)];
        var end = text.AsSpan().IndexOf(',');
        for (var commas = 1; end >= 0 && commas < MostCommas; commas++)
            end = text.IndexOf(',', end + 1);
        text = end >= 0 ? text[..end] : text;
        return EarlierBrackets().Replace(text.Replace('（', '(').Replace('）', ')'), " ");
    }

    private static bool HasEndlessName(string header)
    {
        var commas = 0;
        foreach (var letter in header)
            if (letter == '@')
                commas = 0;
            else if (letter == ',' && ++commas > MostCommasOfName)
                return true;
        return false;
    }

    private static MailboxAddress Unwrapped(MailboxAddress mailbox) =>
        Unwrapped(mailbox.Address) is var inner && inner.Length < mailbox.Address.Length ? new MailboxAddress(mailbox.Name, inner) : mailbox;

    // 'a@b.test' and mailto:a@b.test are how some programs write addresses
    private static string Unwrapped(string address)
    {
        var inner = address is ['\'', .. var quoted, '\''] ? quoted : address;
        return inner.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? inner[7..] : inner;
    }

    // nearly every From is a@b.test or Name <a@b.test> in plain letters, and is read thousands of times a second
    private static ReadOnlySpan<char> FindPlain(ReadOnlySpan<char> header)
    {
        var text = header.Trim();
        var open = text.IndexOf('<');
        if (open >= 0)
            text = text.EndsWith(">") && !text[..open].ContainsAny(NotInPlainName) ? text[(open + 1)..^1] : [];
        var at = text.IndexOf('@');
        return at > 0 && text.Length <= LongestAddress && at == text.LastIndexOf('@') && !text.ContainsAnyExcept(Plain) && IsDomain(
            text[(at + 1)..])
            ? text
            : [];
    }

    private static bool IsAddress(ReadOnlySpan<char> address, ReadOnlySpan<char> domain) =>
        address.Length <= LongestAddress
        && address.Length > domain.Length + 1
        && !address.Contains("=?", StringComparison.Ordinal)
        && IsDomain(domain);

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        if (domain is ['[', .., ']'])
            return true;
        foreach (var letter in domain)
            if (!char.IsLetterOrDigit(letter) && letter is not ('.' or '-' or '_') && (letter < 0x80 || char.IsWhiteSpace(letter)))
                return false;
        return !domain.Trim('.').IsEmpty;
    }

    // Name <a@b.test>, or one word with an @ among others; with a quote that never ends nothing but brackets is sure
    private static string? AddressIn(string part)
    {
        var open = part.LastIndexOf('<');
        if (open >= 0)
            return Valid(part[(open + 1)..].Split('>')[0]);
        if (part.Contains('"', StringComparison.Ordinal))
            return null;
        var words = part[(part.LastIndexOf(':') + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Contains('@', StringComparison.Ordinal)).Take(2).ToList();
        return words is [var word] ? Valid(word.Trim('\'', '[', ']', '(', ')', '<', '>')) : null;
    }

    private static string? Valid(string address)
    {
        var text = Unwrapped(address.Trim());
        var at = text.IndexOf('@');
        return at > 0 && at == text.LastIndexOf('@') && !text.Any(char.IsWhiteSpace)
            // of a group or a route, or of what was quoted once: it would be read otherwise the next time
            && !text.AsSpan(0, at).ContainsAny(NotInPlainName)
            && IsAddress(text, DomainOf(text))
                ? text
                : null;
    }

    // the runtime composes nothing without ICU, which this product runs without
    private static string Composed(string text)
    {
        var lower = text.ToLowerInvariant();
        return Ascii.IsValid(lower) ? lower : ENSNormalize.NF.NFC(lower);
    }

    // what UTS 46 maps to ASCII or leaves out
    private static string WithPlainWidth(string domain) => string.Concat(domain.Select(letter => letter switch
    {
        '\u3002' or '\uFF0E' or '\uFF61' => ".",
        >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(letter - 0xFEE0)).ToString(),
        '\u00AD' or '\u200B' or '\u2060' or '\uFEFF' => "",
        _ => letter.ToString(),
    }));

    private static string ToAscii(string label)
    {
        if (Ascii.IsValid(label) || label.Length > LongestDomain || label.AsSpan().ContainsAny('*', '?'))
            return label;
        try
        {
            return Idn.GetAscii(label);
        }
        catch (ArgumentException)
        {
            return label;
        }
    }

    private static string FromAscii(string label)
    {
        if (!label.StartsWith("xn--", StringComparison.Ordinal))
            return label;
        try
        {
            return Idn.GetUnicode(label);
        }
        catch (ArgumentException)
        {
            return label;
        }
    }

    [GeneratedRegex("""<[^<>,;:"]*>[^<>,;:"()]*(?=<)""", RegexOptions.CultureInvariant)]
    private static partial Regex EarlierBrackets();
}
