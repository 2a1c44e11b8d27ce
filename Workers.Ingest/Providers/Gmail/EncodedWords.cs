using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Encodings;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// Reads encoded words in headers (RFC 2047): <c>=?utf-8?B?w7w=?=</c>. MimeKit decodes their bytes and knows where names and addresses
/// are; which charset the bytes are in is told as for bodies (<see cref="MimeText"/>), since programs name the wrong one.
/// </summary>
internal static class EncodedWords
{
    // some encode what was encoded already
    private const int MostLayers = 3;
    private const int LongestHeader = 65_536;
    private const int LongestCharset = 80;
    private const int LongestWord = 8_192;

    private static readonly SearchValues<char> Specials = SearchValues.Create("<>()[]\",;:\\@（）");

    /// <summary>The header as a person reads it, on one line.</summary>
    public static string Decode(string header)
    {
        var text = Bounded(header);
        for (var layer = 0; layer < MostLayers && text.Contains("=?", StringComparison.Ordinal); layer++)
            text = Replace(text, word => word);
        return OnOneLine(HtmlText.WithoutControls(text));
    }

    /// <summary>
    /// The same for a header of addresses, as <c>Name &lt;a@b.test&gt;, ...</c>: what was encoded is part of a name, and stays so. Where
    /// there is no address, there is none in what is returned.
    /// </summary>
    public static string DecodeAddresses(string header)
    {
        header = Bounded(header);
        // each word comes to MimeKit in the charset and encoding in which it cannot be misread
        if (MailAddress.TryParse(Replace(header, Encode), out var mailboxes) && mailboxes.Count > 0)
            return string.Join(", ", mailboxes.Select(Written));
        if (MailAddress.ReadAll(header) is { Count: > 0 } addresses)
        {
            var name = addresses.Count == 1 && header.LastIndexOf('<') is var open and > 0 ? Decode(header[..open]).Trim() : "";
            return name.Length > 0 ? $"{Quoted(name)} <{addresses[0]}>" : string.Join(", ", addresses);
        }

        var text = Decode(header).Trim();
        return text.Contains('@', StringComparison.Ordinal) ? Quoted(text) : text;
    }

    private static string Bounded(string header) => header.Length > LongestHeader ? header[..LongestHeader] : header;

    private static string Written(MailboxAddress mailbox) =>
        Decode(mailbox.Name ?? "").Trim() is { Length: > 0 } name ? $"{Quoted(name)} <{mailbox.Address}>" : mailbox.Address;

    private static string Quoted(string name) =>
        name.AsSpan().ContainsAny(Specials)
            ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : name;

    private static string Encode(string word) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word))}?=";

    // bytes of words that follow each other and share a charset belong together: a character may be cut in two
    private static string Replace(string header, Func<string, string> write)
    {
        var text = new StringBuilder(header.Length);
        var run = new Run(text, write);
        var (plain, at) = (0, 0);
        while (header.IndexOf("=?", at, StringComparison.Ordinal) is var start and >= 0)
        {
            if (!TryRead(header, start, out var word))
            {
                at = start + 2;
                continue;
            }

            var between = header.AsSpan(plain, start - plain);
            if (!run.IsOpen || !between.IsWhiteSpace())
            {
                run.End();
                text.Append(between);
            }

            run.Add(word);
            plain = at = word.End;
        }

        run.End();
        return text.Append(header, plain, header.Length - plain).ToString();
    }

    // a word that was cut off reaches to the next space
    private static bool TryRead(string header, int start, out Word word)
    {
        word = default;
        var name = header.AsSpan(start + 2, Math.Min(LongestCharset, header.Length - start - 2));
        var charset = name.IndexOf('?');
        if (charset <= 0 || name[..charset].ContainsAny(' ', '\t'))
            return false;
        var encoding = start + 2 + charset + 1;
        if (encoding + 1 >= header.Length || header[encoding] is not ('B' or 'b' or 'Q' or 'q') || header[encoding + 1] != '?')
            return false;

        var begin = encoding + 2;
        var end = header.IndexOf("?=", begin, Math.Min(LongestWord, header.Length - begin), StringComparison.Ordinal);
        var isCut = end < 0;
        if (isCut)
            end = header.AsSpan(begin).IndexOfAny(' ', '\t', '>') is var length and >= 0 ? begin + length : header.Length;
        word = new(name[..charset].ToString().Split('*')[0], header[encoding] is 'B' or 'b', header[begin..end], isCut ? end : end + 2);
        return true;
    }

    private static string OnOneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)) : text;

    private readonly record struct Word(string Charset, bool IsBase64, string Text, int End)
    {
        // padding may be missing, or be in the middle where something joined words
        public byte[] Bytes()
        {
            var encoded = Encoding.UTF8.GetBytes(IsBase64 ? Text + "===" : Text);
            IMimeDecoder decoder = IsBase64 ? new Base64Decoder() : new QuotedPrintableDecoder(true);
            var bytes = new byte[decoder.EstimateOutputLength(encoded.Length)];
            return bytes[..decoder.Decode(encoded, 0, encoded.Length, bytes)];
        }
    }

    private sealed class Run(StringBuilder text, Func<string, string> write)
    {
        private readonly List<byte> _bytes = [];
        private string? _charset;

        public bool IsOpen => _charset is not null;

        public void Add(Word word)
        {
            if (!word.Charset.Equals(_charset, StringComparison.OrdinalIgnoreCase))
                End();
            _charset = word.Charset;
            _bytes.AddRange(word.Bytes());
        }

        public void End()
        {
            if (_charset is not null)
                text.Append(write(MimeText.Decode([.. _bytes], _charset)));
            _charset = null;
            _bytes.Clear();
        }
    }
}
