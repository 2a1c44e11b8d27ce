using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Tells text from other bytes, and what text it is.</summary>
internal static class TextSniffer
{
    private const int BufferSize = 64 * 1024;
    private const int LongestRune = 4;

    // what browsers take for HTML (WHATWG, MIME Sniffing, 7.1), at the start of a file
    private static readonly string[] HtmlStarts =
    [
        "<!doctype html", "<html", "<head", "<script", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style", "<title", "<b", "<body",
        "<br", "<p", "<!--",
    ];

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Whether all of a file is UTF-8 without a NUL, and there is some.</summary>
    public static async Task<bool> IsTextAsync(FileStream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            file.Position = 0;
            var kept = 0;
            var any = false;
            while (true)
            {
                var read = await file.ReadAsync(buffer.AsMemory(kept, BufferSize - kept), cancellationToken);
                if (read == 0)
                    return any && kept == 0;
                any = true;
                var length = kept + read;
                kept = Unfinished(buffer.AsSpan(0, length));
                var whole = buffer.AsSpan(0, length - kept);
                if (whole.Contains((byte)0) || !Utf8.IsValid(whole))
                    return false;
                buffer.AsSpan(length - kept, kept).CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The type of text that begins so.</summary>
    public static string TypeOf(ReadOnlySpan<byte> head)
    {
        var text = head.StartsWith(Mark) ? head[Mark.Length..] : head;
        if (text.StartsWith("#!"u8))
            return Programs.Script;
        text = text.TrimStart(" \t\r\n\f\v"u8);
        if (Starts(text, "begin:vcard"))
            return "text/vcard";
        if (Starts(text, "begin:vcalendar"))
            return "text/calendar";
        if (Starts(text, "<svg"))
            return Programs.Svg;
        if (Starts(text, "<?xml"))
            return text.IndexOf("<svg"u8) >= 0 ? Programs.Svg : text.IndexOf("<html"u8) >= 0 ? Programs.Html : Programs.Xml;
        foreach (var start in HtmlStarts)
        {
            if (Starts(text, start) && EndsTag(text, start))
                return Programs.Html;
        }

        return "text/plain";
    }

    // the bytes at the end that begin a character and do not end it
    private static int Unfinished(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back < LongestRune && back <= text.Length; back++)
        {
            var last = text[^back];
            if ((last & 0xC0) == 0x80)
                continue;
            return Rune.DecodeFromUtf8(text[^back..], out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }

        return 0;
    }

    private static bool Starts(ReadOnlySpan<byte> text, string start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private static bool EndsTag(ReadOnlySpan<byte> text, string start) =>
        start == "<!--" || text.Length == start.Length || " >\t\r\n\f/"u8.Contains(text[start.Length]);
}
